/// An office's copy of its records.
///
/// What every implementation owes, and `ReplicaStoreConformance` in `LockstepTesting` checks: a batch is taken in as a
/// whole or not at all, durably, before ``merge(_:)`` returns; taking an event in again changes nothing; two stores that
/// took in the same events hold the same bytes.
public protocol ReplicaStore: Sendable {
    /// Takes a batch of events in, in one transaction, and answers for each, in order.
    ///
    /// - Throws: ``LockstepError``: `storeUnavailable` and `storeFull` may pass; everything else needs a person.
    ///   Nothing of the batch has been taken in then.
    func merge(_ arrivals: [Arrival]) async throws(LockstepError) -> [Acceptance]

    /// What an adapter has not been told of these records yet: the newest merged state of each, at most one change
    /// a record.
    func unpushed(among subjects: Set<Subject>) async throws(LockstepError) -> [Change]

    /// Notes that an adapter has taken these changes, so that they are not pushed again after a crash.
    func markPushed(_ changes: [Change]) async throws(LockstepError)
}
