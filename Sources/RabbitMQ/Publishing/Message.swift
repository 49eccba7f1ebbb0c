/// A message: bytes and what is said about them.
public struct Message: Sendable, Hashable {
    /// The payload; the client never looks into it.
    public var body: [UInt8]
    /// What AMQP says about the payload.
    public var properties: MessageProperties

    /// Makes a message.
    public init(body: [UInt8], properties: MessageProperties = MessageProperties()) {
        self.body = body
        self.properties = properties
    }
}
