/// A message: bytes and what is said about them.
public struct Message: Sendable, Hashable {
    /// The payload; the client never looks into it.
    public var body: [UInt8]
    /// What AMQP says about the payload.
    public var properties: MessageProperties {
        // Lent, not copied: most readers want one of them.
        _read { yield boxed.value }
        set { boxed.value = newValue }
    }

    /// Behind a pointer: a message is moved a dozen times on its way, and properties are the largest part of it.
    private var boxed: Boxed<MessageProperties>

    /// Makes a message.
    public init(body: [UInt8], properties: MessageProperties = MessageProperties()) {
        self.init(body: body, boxed: Boxed(properties))
    }

    init(body: [UInt8], boxed: Boxed<MessageProperties>) {
        self.body = body
        self.boxed = boxed
    }
}
