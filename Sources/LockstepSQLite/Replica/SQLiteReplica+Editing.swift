public import Lockstep

extension SQLiteReplica {
    /// Makes a change in this office: it is in the replica, and on its way to everybody else, when this returns.
    ///
    /// Record and outbox change in one transaction. The change has a new version, newer than all that the replica has
    /// taken in and given out, and says what the office had seen of the fields that it writes: what arrived here before it
    /// replaces, what did not stays beside it. A relay publishes it as soon as the broker is there; see ``outbox``. The
    /// office's worker may be at work meanwhile, in this process or another one.
    ///
    /// - Returns: The event that is published.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no record to delete; `invalidEvent` where nothing
    ///   says what kind of record it is, or the office's calendar could not show it; `eventTooLarge`; `storeUnavailable`
    ///   where another process writes for too long, and the other codes of a store. Nothing was changed then.
    @discardableResult
    public func edit(_ edit: RecordEdit) async throws(LockstepError) -> Event {
        try await self.edit([edit])[0]
    }

    /// Makes changes in this office, in their order: all of them or none.
    ///
    /// - Returns: The events that are published.
    /// - Throws: As for a single change.
    @discardableResult
    public func edit(_ edits: [RecordEdit]) async throws(LockstepError) -> [Event] {
        guard !edits.isEmpty else { return [] }
        // The trace is known to the task, and not to the database's queue.
        let traced = edits.map { $0.carryingTrace() }
        return try await database.write { db in
            var transaction = ReplicaTransaction(db, view: self.view, clock: self.clock)
            return try transaction.edit(traced, in: self)
        }
    }

    /// Settles a conflict as a person has decided: a change that has seen all of its values.
    ///
    /// Who decided and why travels with the event, and stands in the ledger of conflicts of every office. The office's own
    /// system is told of what changes by it when the event comes back.
    ///
    /// - Returns: The event that is published.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no such conflict, where it has other values by now, or
    ///   the chosen origin has none of them; `invalidEvent` where it is settled already; else as an edit.
    @discardableResult
    public func resolve(_ resolution: ConflictResolution) async throws(LockstepError) -> Event {
        try await database.write { db in
            let stored = try ConflictTable(db: db).one(resolution.conflict)
            guard stored.state != .settled else {
                throw LockstepError(
                    .invalidEvent, "the conflict '\(stored.id)' is settled already; edit the record to change it again")
            }
            var transaction = ReplicaTransaction(db, view: self.view, clock: self.clock)
            return try transaction.edit([try resolution.edit(of: stored.conflict)], in: self)[0]
        }
    }
}
