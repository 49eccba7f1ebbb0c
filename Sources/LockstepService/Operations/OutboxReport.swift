/// How an outbox is doing.
public struct OutboxReport: Detailed, Hashable {
    /// The core app's database.
    public var file: String
    /// Rows that wait to be published.
    public var waiting: Int
    /// When the oldest of them was written (RFC 3339); null: none waits.
    @OrNull public var oldestWaiting: String?
    /// Rows that were ever sent.
    public var sent: Int
    /// Rows that the broker could route nowhere, and stay.
    public var unrouted: Int
    /// Rows that cannot be published, and stay.
    public var refused: Int

    /// A report.
    public init(file: String, waiting: Int, oldestWaiting: String?, sent: Int, unrouted: Int, refused: Int) {
        self.file = file
        self.waiting = waiting
        self.oldestWaiting = oldestWaiting
        self.sent = sent
        self.unrouted = unrouted
        self.refused = refused
    }

    public var details: [Detail] {
        [
            Detail("file", file), Detail("waiting", waiting), Detail("oldest", oldestWaiting ?? "-"),
            Detail("sent", sent), Detail("unrouted", unrouted), Detail("refused", refused),
        ]
    }
}
