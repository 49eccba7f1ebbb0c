import Lockstep

/// How an outbox is doing.
public struct OutboxReport: Detailed, Hashable {
    /// The core app's database: a file, or `PostgreSQL`.
    public var database: String
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
    /// Events of anybody's that no office wants, in the broker's queue `lockstep.unrouted`; null: the broker does not say.
    @OrNull public var unwanted: Int?

    /// A report.
    init(_ status: OutboxStatus, database: String) {
        self.database = database
        waiting = status.waiting
        oldestWaiting = status.oldestWaiting?.rfc3339
        sent = status.sent
        unrouted = status.unrouted
        refused = status.refused
    }

    public var details: [Detail] {
        [
            Detail("database", database), Detail("waiting", waiting), Detail("oldest", oldestWaiting ?? "-"),
            Detail("sent", sent), Detail("unrouted", unrouted), Detail("refused", refused),
            Detail("unwanted", unwanted.map(NumberText.grouped) ?? "-"),
        ]
    }
}
