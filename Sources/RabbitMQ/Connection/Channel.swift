/// One channel of a connection, and what is going on there.
///
/// A class, of which the connection's actor is the only owner: each frame changes a channel, and must not move it.
final class Channel {
    /// The answer to a call.
    enum Answer: Sendable {
        case method(Method)
        case message(Delivery)
    }

    typealias Waiter = CheckedContinuation<Answer, any Error>

    /// Tells this channel from others that had or will have its number.
    let generation: Int
    var machine = ChannelStateMachine<Waiter>()
    var assembler: DeliveryAssembler
    var settlement = SettlementTracker()
    /// The consumer on this channel, where there is one.
    var feed: DeliveryFeed?
    /// What has arrived for it in this turn of the pump.
    var arrived: [Delivery] = []
    /// Who waits for the end of this channel.
    var endWaiter: CheckedContinuation<RabbitMQError, Never>?

    init(generation: Int, assembler: DeliveryAssembler, feed: DeliveryFeed? = nil) {
        self.generation = generation
        self.assembler = assembler
        self.feed = feed
    }

    /// Whether it is the one that `id` names, and calls may be made on it.
    func isOpen(as id: ChannelID) -> Bool {
        generation == id.generation && machine.isOpen
    }
}

/// Names a channel beyond doubt: numbers are used again, generations are not.
struct ChannelID: Sendable, Hashable {
    let number: UInt16
    let generation: Int
}
