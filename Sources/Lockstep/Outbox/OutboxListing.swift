/// A row of an outbox, for people: what it is about, without its data.
public struct OutboxRow: Sendable, Hashable {
    /// How a row stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It waits to be published, or a relay has it in hand.
        case waiting
        /// The broker could route it nowhere; it stays until somebody puts it back.
        case unrouted
        /// It cannot be published, and stays, too.
        case refused
    }

    /// Where it stands: the list is in this order.
    public var position: OutboxPosition
    /// How it stands.
    public var state: State
    /// The event's id; nil: none was given.
    ///
    /// As all that is text here it is as it was written, which need not be right.
    public var id: String?
    /// What kind of thing happened.
    public var type: String
    /// The record.
    public var subject: String
    /// The region or tenant that it concerns; nil: none was given.
    public var scope: String?
    /// When it was written; nil: the row does not say so.
    public var writtenAt: Timestamp?
    /// Why it cannot be published; nil: it was not refused.
    public var reason: String?

    /// A row.
    public init(
        position: OutboxPosition, state: State, id: String?, type: String, subject: String, scope: String?,
        writtenAt: Timestamp?, reason: String?
    ) {
        self.position = position
        self.state = state
        self.id = id
        self.type = type
        self.subject = subject
        self.scope = scope
        self.writtenAt = writtenAt
        self.reason = reason
    }
}

/// An outbox whose rows can be listed.
public protocol OutboxListing: Sendable {
    /// Rows that stand so, the oldest first; its relay may be at work.
    ///
    /// It reads no more rows than it returns, however many there are; of those that are stuck it may pass over the ones that
    /// stand otherwise.
    /// - Parameters:
    ///   - position: That of the last row of the part before; nil: the first part.
    ///   - limit: How many at most.
    func rows(
        _ state: OutboxRow.State, after position: OutboxPosition?, limit: Int
    ) async throws(LockstepError) -> [OutboxRow]
}
