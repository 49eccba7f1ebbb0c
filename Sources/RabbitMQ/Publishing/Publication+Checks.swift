extension Publication {
    /// Roughly how many bytes the message takes on the wire; for the window, which needs no exact figure.
    var estimatedSize: Int {
        message.body.count + exchange.utf8.count + routingKey.utf8.count + 128
            + message.properties.headers.estimatedSize
    }

    /// Whether properties and headers surely fit into a frame of any connection.
    ///
    /// Frames are 128 KiB unless an administrator made them smaller; some of it is kept for what is not counted here.
    var hasRoomInAFrame: Bool {
        let strings = message.properties.shortStrings.reduce(0) { $0 + ($1.1?.utf8.count ?? 0) + 1 }
        return message.properties.headers.estimatedSize + strings <= (126 << 10)
    }

    /// Looks for what librabbitmq would only find with half of the message sent.
    ///
    /// - Throws: ``RabbitMQError`` with code `invalidName`, `messageTooLarge` or `headersTooLarge`.
    func check(maximumBodySize: Int) throws {
        _ = try ShortString.checked(exchange, as: "exchange name")
        _ = try ShortString.checked(routingKey, as: "routing key")
        for (name, text) in message.properties.shortStrings {
            if let text { _ = try ShortString.checked(text, as: name) }
        }
        guard message.body.count <= maximumBodySize else {
            throw RabbitMQError(
                .messageTooLarge,
                "The message's body has \(message.body.count) bytes; the limit is \(maximumBodySize). Nothing was sent. "
                    + "Send a reference instead, or raise the limit.")
        }
        try message.properties.headers.check()
    }
}

extension FieldTable {
    fileprivate func check(depth: Int = 1) throws {
        for (key, value) in self {
            _ = try ShortString.checked(key, as: "header name")
            try value.check(depth: depth)
        }
    }

    fileprivate var estimatedSize: Int {
        var size = 4
        for (key, value) in self { size += 2 + key.utf8.count + value.estimatedSize }
        return size
    }
}

extension FieldValue {
    fileprivate func check(depth: Int) throws {
        guard depth <= FieldTable.maximumDepth else { throw RabbitMQError.nestedTooDeep }
        switch self {
        case .table(let table): try table.check(depth: depth + 1)
        case .array(let elements): for element in elements { try element.check(depth: depth + 1) }
        default: break
        }
    }

    fileprivate var estimatedSize: Int {
        switch self {
        case .string(let text): 4 + text.utf8.count
        case .bytes(let bytes): 4 + bytes.count
        case .table(let table): table.estimatedSize
        case .array(let elements): elements.reduce(4) { $0 + 1 + $1.estimatedSize }
        default: 8
        }
    }
}
