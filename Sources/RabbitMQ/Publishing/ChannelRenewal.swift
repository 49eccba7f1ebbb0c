/// When to publish on a new channel, since the old one may refuse for no good reason; pure.
///
/// A channel that publishes to a quorum queue for the first time while the leader's node is down is refused by
/// RabbitMQ 3.10 until that very node is back, however long there has been another leader: the channel goes on asking
/// the node that it asked first (`rabbit_fifo_client`). A new channel asks the new leader.
struct ChannelRenewal {
    /// What to do before the next message is published.
    enum Step: Sendable, Hashable {
        case publish
        /// Wait for what is under way: a channel that is closed confirms nothing any more.
        case hold
        /// Close the channel, of which nothing is unconfirmed, and open another.
        case renew
    }

    /// How long a channel is kept at least, and how long to hold back at most.
    ///
    /// A queue that is full refuses with good reason, and for long.
    static let pause = Duration.seconds(1)

    private var keptUntil = ContinuousClock.now
    /// Until when it holds back at most, where it does.
    private(set) var holdsUntil: ContinuousClock.Instant?

    /// Notes that a channel was opened.
    mutating func opened(at now: ContinuousClock.Instant) {
        keptUntil = now + Self.pause
        holdsUntil = nil
    }

    /// Notes that the broker refused a message.
    mutating func refused(at now: ContinuousClock.Instant) {
        if holdsUntil == nil, now >= keptUntil { holdsUntil = now + Self.pause }
    }

    /// What to do now, with so many messages unconfirmed.
    mutating func next(at now: ContinuousClock.Instant, unconfirmed: Int) -> Step {
        guard let deadline = holdsUntil else { return .publish }
        if unconfirmed == 0 { return .renew }
        if now < deadline { return .hold }
        // Another queue takes its time, perhaps without a majority: the others must not wait for it.
        opened(at: now)
        return .publish
    }
}
