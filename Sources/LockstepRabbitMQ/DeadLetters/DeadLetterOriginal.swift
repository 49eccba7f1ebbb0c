public import Lockstep
import RabbitMQ

/// A dead letter in the hands of somebody who edits it.
public struct DeadLetterOriginal: Sendable {
    /// What the list says of it.
    public let letter: DeadLetter
    /// The event that it is, or why it is none.
    public let event: Result<Event, LockstepError>
    /// The CloudEvents attributes that it has, as far as they can be made out; also of one that is no event.
    public let attributes: [String: String]
    /// Its data, as far as that can be made out.
    public let data: Result<JSONObject, LockstepError>

    init(_ delivery: Delivery) {
        letter = DeadLetter(delivery)
        event = Result { () throws(LockstepError) in try EventHeaders.event(from: delivery) }
        (attributes, data) = EventHeaders.parts(of: delivery.message)
    }
}

/// What becomes of a dead letter that was edited.
public enum DeadLetterDecision: Sendable {
    /// It stays as it is.
    case keep
    /// This is sent to its office in its place.
    case send(Event)
    /// It goes, as something else was done; before that it is sent again as it is, where it says so.
    case remove(sendingFirst: Bool)
}

extension EventHeaders {
    /// What can be made out of a message that may be no event.
    fileprivate static func parts(of message: Message) -> ([String: String], Result<JSONObject, LockstepError>) {
        let properties = message.properties
        let body = Result { () throws(LockstepError) in try JSONObject(parsing: message.body) }
        if properties.contentType?.lowercased().hasPrefix("application/cloudevents") == true,
            let object = try? body.get()
        {
            let plain = object.fields.filter { $0.name != "data" && !$0.value.isNull }
            let attributes = Dictionary(plain.map { ($0.name, $0.value.displayText) }) { first, _ in first }
            let data = Result { () throws(LockstepError) in try JSONObject(parsing: object["data"]?.text ?? "") }
            return (attributes, data)
        }
        var attributes: [String: String] = [:]
        for (name, value) in properties.headers {
            guard let prefix = prefixes.first(where: { name.hasPrefix($0) }), let text = value.string else { continue }
            attributes[name.dropFirst(prefix.count).lowercased()] = text
        }
        attributes["id"] = attributes["id"] ?? properties.messageID
        attributes["type"] = attributes["type"] ?? properties.type
        attributes["source"] = attributes["source"] ?? properties.appID
        if attributes["time"] == nil, let seconds = properties.timestamp, seconds <= 253_402_300_799 {
            attributes["time"] = Timestamp(microseconds: Int64(seconds) * 1_000_000).rfc3339
        }
        return (attributes, body)
    }
}
