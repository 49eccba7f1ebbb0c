import RabbitMQ

/// How many messages of a queue are taken from the broker at once; pure.
///
/// Many where little is done to them, few where much is: what is settled one by one must not be more than the broker
/// takes of a channel at a time.
struct LegLength: Sendable {
    /// The most that are taken.
    static let longest = 2_000
    /// The most runs of messages that are settled on one channel.
    static let mostRuns = 30
    /// The most bytes of bodies that should be in memory.
    private static let mostBytes = 16 << 20

    /// How many to take next.
    private(set) var next: Int

    init(first: Int = mostRuns) {
        next = min(max(1, first), Self.longest)
    }

    /// Notes what the last ones were like.
    ///
    /// - Parameter settled: How many runs of them were settled.
    mutating func note(_ deliveries: [Delivery], settled runs: Int) {
        guard !deliveries.isEmpty else { return }
        next = runs * 2 > Self.mostRuns ? max(Self.mostRuns, next / 2) : min(next * 2, Self.longest)
        let bytes = deliveries.reduce(0) { $0 + $1.message.body.count } / deliveries.count
        next = min(next, max(1, Self.mostBytes / max(1, bytes)))
    }
}
