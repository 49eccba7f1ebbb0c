import Lockstep
import RabbitMQ

/// The CloudEvents binding to AMQP 0-9-1: attributes as headers, data as the body (binary mode), or all of it as one
/// JSON text (structured mode).
///
/// There is no CloudEvents binding for AMQP 0-9-1; the one for AMQP 1.0 (section 3.1) names the prefixes.
enum EventHeaders {
    /// What headers with attributes begin with: the first one is written, all are read.
    static let prefixes = prefixTexts.map(\.description)

    /// The headers of the attributes that are known, by their numbers: put together once, and not for each event.
    private static let names = EventAttribute.allCases.map { prefixes[0] + $0.name }

    private static let prefixTexts: [StaticString] = ["cloudEvents_", "cloudEvents:", "ce-"]

    /// Writes an event in binary mode.
    static func message(for event: Event) -> Message {
        let attributes = event.attributes
        var headers: [(String, FieldValue)] = []
        headers.reserveCapacity(names.count + attributes.extensions.count)
        for attribute in EventAttribute.allCases where attribute != .datacontenttype {
            if let value = attributes[attribute] { headers.append((names[attribute.rawValue], .string(value))) }
        }
        for (name, value) in attributes.extensions { headers.append((prefixes[0] + name, .string(value))) }
        return Message(
            body: event.operation == .delete ? [] : event.data.utf8,
            properties: MessageProperties(
                contentType: "application/json",
                headers: FieldTable(headers),
                messageID: event.id.text,
                timestamp: UInt64(exactly: event.time.microseconds / 1_000_000),
                type: event.type.text,
                appID: event.source.text
            )
        )
    }

    /// Reads an event in whichever mode it came.
    ///
    /// - Throws: ``LockstepError`` with the reason why it is none; no payload in it.
    static func event(from delivery: Delivery) throws(LockstepError) -> Event {
        guard !delivery.bodyWasTooLarge else {
            throw LockstepError(.invalidEvent, "the body is larger than this office reads")
        }
        guard !delivery.headersWereTruncated else {
            throw LockstepError(.invalidEvent, "the headers nest too deep to be read")
        }
        let message = delivery.message
        do {
            return try message.withEncodedProperties { try event($0, message) }
        } catch let error as LockstepError {
            throw error
        } catch {
            throw LockstepError(.invalidEvent, "the headers cannot be read", underlying: error)
        }
    }

    private static func event(_ properties: EncodedProperties, _ message: Message) throws(LockstepError) -> Event {
        if let encoding = properties.contentEncoding.map({ String(decoding: $0, as: UTF8.self).lowercased() }),
            !["", "utf-8", "utf8", "identity"].contains(encoding)
        {
            throw LockstepError(.invalidEvent, "the body has a content encoding; it must be plain JSON")
        }
        // Lockstep's own events say exactly this.
        let isPlain = properties.contentType?.isEqual(to: "application/json") ?? true
        if !isPlain, let type = message.properties.contentType?.lowercased(), type.hasPrefix("application/cloudevents")
        {
            return try structured(message.body, type: type)
        }
        return try binary(properties.headers, message, contentType: isPlain ? nil : message.properties.contentType)
    }

    private static func structured(_ body: [UInt8], type: String) throws(LockstepError) -> Event {
        guard EventAttributes.isJSON(type), !type.hasPrefix("application/cloudevents-batch") else {
            throw LockstepError(
                .invalidEvent, "the content type is not 'application/cloudevents+json', one event a message")
        }
        return try EventCodec.draft(fromJSON: body, strict: true).received()
    }

    /// - Parameter contentType: nil: that of JSON.
    private static func binary(
        _ headers: EncodedHeaders, _ message: Message, contentType: String?
    ) throws(LockstepError) -> Event {
        var attributes = EventAttributes()
        for header in headers {
            guard let name = attribute(namedBy: header.name) else { continue }
            guard attributes.insert(try text(of: header, attribute: name), named: name) else {
                throw LockstepError(
                    .invalidEvent, "two headers give the attribute '\(printable(name))' different values")
            }
        }
        guard attributes[.specversion] != nil else { throw EventCodec.missingSpecversion }
        // AMQP's own properties stand in for attributes that plain clients set there.
        attributes.fill(.id, from: message.properties.messageID)
        attributes.fill(.type, from: message.properties.type)
        attributes.fill(.source, from: message.properties.appID)
        if let contentType { attributes.fill(.datacontenttype, from: contentType) }
        attributes.fill(.time, from: message.properties.timestamp.flatMap(rfc3339))
        let deletes = attributes[.operation] == EventOperation.delete.rawValue
        let data = deletes && message.body.isEmpty ? nil : try JSONObject(parsing: message.body)
        return try attributes.draft(data: data).received()
    }

    /// The name of the attribute that a header stands for, in whatever case it came; nil: none.
    private static func attribute(namedBy header: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        for prefix in prefixTexts where header.hasPrefix(prefix) {
            return UnsafeRawBufferPointer(rebasing: header[prefix.utf8CodeUnitCount...])
        }
        return nil
    }

    private static func text(
        of header: EncodedHeaders.Element, attribute name: UnsafeRawBufferPointer
    ) throws(LockstepError) -> String {
        if let text = header.text.flatMap(String.init(validating:)) { return text }
        switch header.value {
        case .string(let text): return text
        case .int(let number): return String(number)
        case .bool(let flag): return String(flag)
        case .double(let number): return String(number)
        case .timestamp(let seconds):
            if let text = rfc3339(seconds) { return text }
        case .bytes, .array, .table, .decimal, .void: break
        }
        throw LockstepError(.invalidEvent, "the header of the attribute '\(printable(name))' is not text")
    }

    private static func rfc3339(_ seconds: UInt64) -> String? {
        // The last second of the year 9999, the last that RFC 3339 can write.
        guard seconds <= 253_402_300_799 else { return nil }
        return Timestamp(microseconds: Int64(seconds) * 1_000_000).rfc3339
    }

    /// A foreign name as it may stand in a message for people.
    private static func printable(_ name: UnsafeRawBufferPointer) -> String {
        String(
            String(decoding: name, as: UTF8.self).unicodeScalars.prefix(40).map {
                $0.isASCII && $0.value > 0x1F && $0.value < 0x7F ? Character($0) : "?"
            })
    }
}

extension EventAttributes {
    fileprivate mutating func fill(_ attribute: EventAttribute, from value: @autoclosure () -> String?) {
        if self[attribute] == nil { self[attribute] = value() }
    }
}
