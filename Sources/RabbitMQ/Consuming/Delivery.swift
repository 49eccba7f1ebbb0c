/// A message on its way to a consumer.
///
/// There is no `ack()`: the handler returns a ``Disposition`` for each delivery.
public struct Delivery: Sendable {
    /// All that there is to know of it, behind one pointer: on its way to a handler and back it is passed on often, and
    /// changed never.
    private let contents: Contents

    /// The exchange that the message was last published to.
    public var exchange: String { contents.exchange }
    /// The routing key that it was last published with.
    public var routingKey: String { contents.routingKey }
    /// Whether the broker has handed it out before, to anybody.
    public var redelivered: Bool { contents.redelivered }
    /// How often a quorum queue has had it back from a consumer (`x-delivery-count`); nil: nobody counts, as in classic queues.
    public var deliveryCount: Int? {
        message.properties.headers["x-delivery-count"]?.int.flatMap { Int(exactly: $0) }
    }
    /// The message.
    public var message: Message { _read { yield contents.message } }
    /// Whether headers were nested deeper than ``FieldTable/maximumDepth`` and have been cut there.
    public var headersWereTruncated: Bool { contents.wereSaidTruncated || contents.message.box.wereTruncated }
    /// Whether the body was over the client's limit; it was read away and `message.body` is empty.
    public var bodyWasTooLarge: Bool { contents.bodyWasTooLarge }
    /// The broker's number of the delivery on its channel.
    var deliveryTag: UInt64 { contents.deliveryTag }

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
        contents = Contents(
            deliveryTag: deliveryTag, exchange: exchange, routingKey: routingKey, redelivered: redelivered,
            message: message, bodyWasTooLarge: bodyWasTooLarge, wereSaidTruncated: headersWereTruncated)
    }
}

extension Delivery {
    private final class Contents: Sendable {
        let deliveryTag: UInt64
        let exchange: String
        let routingKey: String
        let redelivered: Bool
        let message: Message
        let bodyWasTooLarge: Bool
        /// Whether whoever made it says that headers were cut.
        let wereSaidTruncated: Bool

        init(
            deliveryTag: UInt64, exchange: String, routingKey: String, redelivered: Bool, message: Message,
            bodyWasTooLarge: Bool, wereSaidTruncated: Bool
        ) {
            self.deliveryTag = deliveryTag
            self.exchange = exchange
            self.routingKey = routingKey
            self.redelivered = redelivered
            self.message = message
            self.bodyWasTooLarge = bodyWasTooLarge
            self.wereSaidTruncated = wereSaidTruncated
        }
    }
}
