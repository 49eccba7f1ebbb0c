/// A message on its way to a consumer.
///
/// There is no `ack()`: the handler returns a ``Disposition`` for each delivery.
public struct Delivery: Sendable {
    /// The exchange that the message was last published to.
    public let exchange: String
    /// The routing key that it was last published with.
    public let routingKey: String
    /// Whether the broker has handed it out before, to anybody.
    public let redelivered: Bool
    /// The message.
    public let message: Message
    /// Whether headers were nested deeper than ``FieldTable/maximumDepth`` and have been cut there.
    public var headersWereTruncated: Bool { wereSaidTruncated || message.box.wereTruncated }
    /// Whether the body was over the client's limit; it was read away and `message.body` is empty.
    public let bodyWasTooLarge: Bool
    /// The broker's number of the delivery on its channel.
    let deliveryTag: UInt64
    /// Whether whoever made it says that headers were cut.
    private let wereSaidTruncated: Bool

    /// Makes a delivery that no broker knows of, as tests of handlers need it.
    public init(
        exchange: String,
        routingKey: String,
        redelivered: Bool = false,
        message: Message,
        headersWereTruncated: Bool = false,
        bodyWasTooLarge: Bool = false
    ) {
        self.init(
            deliveryTag: 0, exchange: exchange, routingKey: routingKey, redelivered: redelivered, message: message,
            bodyWasTooLarge: bodyWasTooLarge, headersWereTruncated: headersWereTruncated)
    }

    init(
        deliveryTag: UInt64, exchange: String, routingKey: String, redelivered: Bool, message: Message,
        bodyWasTooLarge: Bool, headersWereTruncated: Bool = false
    ) {
        self.deliveryTag = deliveryTag
        self.exchange = exchange
        self.routingKey = routingKey
        self.redelivered = redelivered
        self.message = message
        wereSaidTruncated = headersWereTruncated
        self.bodyWasTooLarge = bodyWasTooLarge
    }
}
