public import FoundationEssentials

/// The outbox that `lockstep relay` publishes from.
public struct OutboxConfiguration: Sendable, Hashable {
    /// Whose database the outbox is in.
    public enum Database: Sendable, Hashable {
        /// A file of SQLite's.
        case sqlite(URL)
        /// A server of PostgreSQL's, by libpq's connection string or URI, which may hold a password.
        case postgres(String)
    }

    /// The core app's database; nil: there is no outbox.
    public var database: Database?
    /// How long sent rows are kept.
    public var keep = Duration.seconds(7 * 86_400)
    /// The most events of one publish, and the most rows of one transaction of the relay's.
    public var batch = 500

    /// No outbox.
    public init() {}
}
