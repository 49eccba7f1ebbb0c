/// How deliveries are gathered before they are applied.
public struct DeliveryMode: Sendable, Hashable {
    /// The most deliveries that are applied together.
    public let events: Int
    /// How long to wait for that many; nil: take what has arrived, at once.
    public let within: Duration?

    /// Whatever has arrived, without waiting: one event when idle, a group commit under load.
    public static let immediate = DeliveryMode(events: 500, within: nil)

    /// So many events, or as many as came within a time after the first.
    ///
    /// - Parameters:
    ///   - events: 1 to 10,000.
    ///   - within: At most five minutes: the broker takes deliveries back that are not acknowledged for long.
    /// - Throws: ``LockstepError`` with the code `invalidConfiguration`.
    public static func batch(events: Int, within: Duration) throws(LockstepError) -> DeliveryMode {
        guard (1...10_000).contains(events), within > .zero, within <= .seconds(300) else {
            throw LockstepError(
                .invalidConfiguration,
                "a batch needs 1 to 10,000 events, gathered within more than nothing and at most 5 minutes"
            )
        }
        return DeliveryMode(events: events, within: within)
    }
}
