/// How deliveries are put together for a handler.
public struct Batching: Sendable, Hashable {
    /// The most deliveries that a batch has.
    let limit: Int
    /// How long to wait for a full batch, counted from its first delivery; `nil` does not wait.
    let window: Duration?

    /// Whatever has arrived, without waiting, at most `limit` deliveries: one when idle, many under load.
    public static func immediate(limit: Int) -> Batching {
        Batching(limit: max(1, limit), window: nil)
    }

    /// `count` deliveries, or what has arrived when the first of them has waited for `duration`.
    ///
    /// A prefetch below `count` would make every batch wait for its time; the client raises it.
    public static func collect(count: Int, within duration: Duration) -> Batching {
        Batching(limit: max(1, count), window: duration)
    }
}
