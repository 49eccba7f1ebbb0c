/// Reads and writes events in CloudEvents' JSON format (structured mode, `application/cloudevents+json`).
public enum EventCodec {
    /// Reads one event.
    ///
    /// - Parameter strict: Whether `specversion` must be there: strangers on the wire say which specification they
    ///   follow; a file that is about to be published need not.
    /// - Throws: ``LockstepError`` with the reason, which holds no payload.
    public static func draft(fromJSON bytes: [UInt8], strict: Bool = false) throws(LockstepError) -> EventDraft {
        let object = try JSONObject(parsing: bytes)
        var attributes = EventAttributes()
        var data: JSONObject?
        for field in object.fields {
            switch field.name {
            case "data":
                guard !field.value.isNull else { continue }
                guard field.value.text.utf8.first == UInt8(ascii: "{") else {
                    throw LockstepError(.invalidEvent, "the event's 'data' must be a JSON object")
                }
                data = try JSONObject(parsing: field.value.text)
            case "data_base64":
                throw LockstepError(
                    .invalidEvent, "the event has 'data_base64'; its data must be a JSON object in 'data'")
            default:
                // CloudEvents 1.0 JSON format, section 2.2: an attribute that is null is absent.
                guard !field.value.isNull else { continue }
                switch field.value.text.utf8.first {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    throw LockstepError(.invalidEvent, "an attribute of the event is an object or an array")
                default: attributes[field.name] = field.value.displayText
                }
            }
        }
        if strict, attributes[.specversion] == nil { throw missingSpecversion }
        return try attributes.draft(data: data)
    }

    /// The error for what does not say that it is a CloudEvents event.
    public static var missingSpecversion: LockstepError { EventAttributes.missing("specversion") }

    /// Writes one event.
    public static func json(_ event: Event) -> String {
        var object = JSONObject(event.attributes.all.map { ($0.name, JSONText(string: $0.value)) })
        if event.operation != .delete { object["data"] = JSONText(canonical: event.data.text) }
        return object.text
    }
}
