/// How an outbox is doing.
public struct OutboxStatus: Sendable, Hashable {
    /// How many rows wait to be published, those that a relay has in hand among them.
    public var waiting: Int
    /// When the oldest of them was written; nil: none waits.
    public var oldestWaiting: Timestamp?
    /// How many rows were ever sent, whether they are still there or not.
    public var sent: Int
    /// How many rows the broker could route nowhere, and are still there.
    public var unrouted: Int
    /// How many rows were refused and are still there.
    public var refused: Int

    /// A status.
    public init(waiting: Int, oldestWaiting: Timestamp?, sent: Int, unrouted: Int, refused: Int) {
        self.waiting = waiting
        self.oldestWaiting = oldestWaiting
        self.sent = sent
        self.unrouted = unrouted
        self.refused = refused
    }
}
