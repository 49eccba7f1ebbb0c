public import FoundationEssentials

/// The outbox that `lockstep relay` publishes from.
public struct OutboxConfiguration: Sendable, Hashable {
    /// The core app's SQLite database; nil: there is no outbox.
    public var sqlite: URL?
    /// How long sent rows are kept.
    public var keep = Duration.seconds(7 * 86_400)
    /// The most events of one publish, and the most rows of one transaction of the relay's.
    public var batch = 500

    /// No outbox.
    public init() {}
}
