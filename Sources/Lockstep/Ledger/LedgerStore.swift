/// Where the ledger keeps what was reported to it.
///
/// What every implementation owes: reports are taken in as a whole or not at all, durably, before ``take(_:)`` returns;
/// taking them in again, or in another order, leads to the same (``DeliveryState``, ``PublicationState``).
///
/// An event is told from others by its id and its version: ids are unique only for their source.
public protocol LedgerStore: Sendable {
    /// Takes reports in, in one transaction.
    ///
    /// - Throws: ``LockstepError``: `storeUnavailable` and `storeFull` may pass; everything else needs a person.
    func take(_ reports: [LedgerReport]) async throws(LockstepError)

    /// Forgets events of which the ledger heard first before this moment, the oldest first, and all that was said of them.
    ///
    /// - Parameter limit: How many at most: a short transaction keeps nobody waiting.
    /// - Returns: How many it forgot.
    func purge(before: Timestamp, limit: Int) async throws(LockstepError) -> Int
}

/// Answers who has what.
public protocol LedgerReader: Sendable {
    /// The events of this id, the newest version first: one, unless several sources gave the same id.
    func entries(of event: EventID) async throws(LockstepError) -> [LedgerEntry]

    /// The newest events about a record, the newest first, `limit` at most.
    func entries(about subject: Subject, limit: Int) async throws(LockstepError) -> [LedgerEntry]

    /// The newest version of a record that each office has.
    func holdings(of subject: Subject) async throws(LockstepError) -> [OfficeName: Holding]

    /// What the ledger knows of these events, in order; nil: it has not heard of one.
    func entries(of events: [(id: EventID, version: Version)]) async throws(LockstepError) -> [LedgerEntry?]
}
