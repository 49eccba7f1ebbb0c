/// A message and where it is to go.
public struct Publication: Sendable, Hashable {
    /// What to publish.
    public var message: Message
    /// The exchange; empty for the default one, which routes to the queue that the routing key names.
    public var exchange: String
    /// The routing key, at most 255 bytes.
    public var routingKey: String

    /// Makes a publication.
    public init(_ message: Message, to exchange: String, routingKey: String) {
        self.message = message
        self.exchange = exchange
        self.routingKey = routingKey
    }
}
