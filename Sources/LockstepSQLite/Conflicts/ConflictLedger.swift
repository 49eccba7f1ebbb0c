import GRDB
import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// Keeps a replica's ledger of conflicts in step with its records, inside the transaction that changes them.
struct ConflictLedger {
    let db: Database
    let view: ReplicaView

    /// Notes what has become of a record's conflicts, and announces those that a person has to settle.
    ///
    /// Of a record that has no conflict and had none, it asks the database nothing.
    ///
    /// - Parameters:
    ///   - wasInConflict: Whether the record was in conflict when it was loaded.
    ///   - settlements: What the events said that were taken in since.
    ///   - scope: The scope of the newest event about the record.
    func note(
        _ record: Record, wasInConflict: Bool, settlements: [ConflictSettlement], scope: String?, at now: Timestamp
    ) throws {
        guard wasInConflict || !settlements.isEmpty || record.isInConflict else { return }
        let table = ConflictTable(db: db)
        let former = try table.unsettled(record.subject)
        let changes = ConflictChanges(
            from: former.map(\.conflict), settlements: settlements, to: record, by: view.conflicts)
        guard !changes.isEmpty else { return }
        try table.apply(changes, former: former, of: record.subject, at: now)
        for conflict in changes.opened + changes.changed {
            let wasOpen = former.contains { $0.conflict.field == conflict.field && $0.state == .open }
            if !wasOpen { try announce(conflict, scope) }
        }
    }

    private func announce(_ conflict: Conflict, _ scope: String?) throws {
        guard let announcement = view.announcement, announcement.announces(conflict) else { return }
        do {
            let scope = try scope.map { text throws(LockstepError) in try Scope(text) }
            try view.outbox?.append(try ConflictAnnouncement.draft(of: conflict, scope: scope), in: db)
        } catch let error as LockstepError where error.code == .invalidEvent || error.code == .eventTooLarge {
            // An origin's version lies in the far future, say. The conflict is in the table all the same, and the events
            // of the batch must not wait for ever because of it.
        }
    }
}
