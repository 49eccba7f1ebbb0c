import RabbitMQ

/// How many letters are taken from the broker at once; pure.
///
/// No more than keep their order when they go back, and fewer where they are large.
struct LegLength: Sendable {
    /// The most that are taken.
    static let longest = QueueWalk.longestStep
    /// The most runs of letters that are settled on one channel.
    static let mostRuns = 30
    /// The most bytes of bodies that should be in memory.
    private static let mostBytes = 16 << 20

    /// How many to take next.
    private(set) var next: Int

    init(first: Int = mostRuns) {
        next = min(max(1, first), Self.longest)
    }

    /// Notes what the last ones were like.
    mutating func note(_ deliveries: [Delivery]) {
        guard !deliveries.isEmpty else { return }
        next = min(next * 2, Self.longest)
        let bytes = deliveries.reduce(0) { $0 + $1.message.body.count } / deliveries.count
        next = min(next, max(1, Self.mostBytes / max(1, bytes)))
    }
}
