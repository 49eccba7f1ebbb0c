extension MessageProperties {
    /// Writes flags and properties, as they stand in a content header.
    ///
    /// - Throws: ``RabbitMQError`` where the headers cannot be written.
    func write(to writer: inout WireWriter) throws {
        let mark = writer.mark
        writer.short(0)
        var flags = PropertyFlags.deliveryMode
        func write(_ text: String?, _ flag: PropertyFlags) {
            guard let text else { return }
            writer.shortString(text)
            flags.insert(flag)
        }
        // In the order of their flags.
        write(contentType, .contentType)
        write(contentEncoding, .contentEncoding)
        if !headers.isEmpty {
            try headers.write(to: &writer)
            flags.insert(.headers)
        }
        writer.octet(deliveryMode.rawValue)
        if let priority {
            writer.octet(priority)
            flags.insert(.priority)
        }
        write(correlationID, .correlationID)
        write(replyTo, .replyTo)
        write(expiration, .expiration)
        write(messageID, .messageID)
        if let timestamp {
            writer.longLong(timestamp)
            flags.insert(.timestamp)
        }
        write(type, .type)
        write(userID, .userID)
        write(appID, .appID)
        writer.patch(flags.rawValue, at: mark)
    }

    /// Every text of one byte of length, by what an error calls it.
    var shortStrings: [(name: String, text: String?)] {
        [
            ("content type", contentType), ("content encoding", contentEncoding), ("correlation id", correlationID),
            ("reply-to", replyTo), ("expiration", expiration), ("message id", messageID), ("type", type),
            ("user id", userID), ("app id", appID),
        ]
    }
}
