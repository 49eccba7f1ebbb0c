/// A message: bytes and what is said about them.
public struct Message: Sendable {
    /// The payload; the client never looks into it.
    public var body: [UInt8]
    /// What AMQP says about the payload.
    public var properties: MessageProperties {
        // Lent, not copied: most readers want one of them.
        _read { yield box.value }
        _modify {
            var value = box.value
            yield &value
            box = PropertiesBox(value)
        }
    }

    private(set) var box: PropertiesBox

    /// Makes a message.
    public init(body: [UInt8], properties: MessageProperties = MessageProperties()) {
        self.init(body: body, PropertiesBox(properties))
    }

    init(body: [UInt8], _ box: PropertiesBox) {
        self.body = body
        self.box = box
    }
}

extension Message: Hashable {
    public static func == (left: Message, right: Message) -> Bool {
        left.body == right.body && (left.box === right.box || left.properties == right.properties)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(body)
        hasher.combine(properties)
    }
}
