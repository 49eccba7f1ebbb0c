import GRDB
import Lockstep

extension ReplicaTransaction {
    /// Makes changes, in their order, as this office: in the records, and as events in the outbox.
    ///
    /// - Throws: `clock`, `eventTooLarge`, `invalidEvent`, `notFound`; then nothing of it must be committed.
    mutating func edit(_ edits: [RecordEdit], in replica: SQLiteReplica) throws -> [Event] {
        let now = clock.now
        var events: [Event] = []
        for edit in edits {
            let event = try event(of: edit, by: replica.origin, at: now)
            let draft = EventDraft(event)
            try draft.check(largest: replica.maximumEventSize)
            let position = try position(of: edit.subject)
            let shown = view.data(of: loaded[position].record)
            let acceptance = loaded[position].merge(event, seenBy: view)
            if let reason = acceptance.refusal {
                throw LockstepError(
                    .invalidEvent,
                    "the office's calendar could not show the record any more: \(reason); nothing was changed")
            }
            let isKnown = edit.isKnownToAdapter && loaded[position].data == edit.expected(after: shown)
            if !isKnown { strange.insert(position) }
            try replica.outbox.append(draft, in: db)
            events.append(event)
        }
        try storeRecords(at: now)
        try markKnown()
        return events
    }

    /// The office's own system made these changes itself; but for what it had not been told before, either.
    private func markKnown() throws {
        for index in loaded.indices where !strange.contains(index) && !loaded[index].wasUnpushed {
            try RecordTable(db: db).markKnown(loaded[index].record.subject)
        }
    }

    private mutating func event(of edit: RecordEdit, by origin: Origin, at now: Timestamp) throws -> Event {
        let loaded = loaded[try position(of: edit.subject)]
        let edited = EditedRecord(loaded.record, newest: try loaded.labels, policy: view.conflicts)
        // Each event that is written moves the stored clock on.
        var clock = HybridClock(last: try OutboxTable(db: db).last())
        if let newest = edited.newestReading { clock.observe(newest) }
        guard clock.last.successor < OutboxSchema.firstRefusedReading else {
            throw LockstepError(
                .clock,
                "no version is newer than that of a change of '\(edit.subject)', whose origin's clock was far in the future; "
                    + "replace the record by one of another name")
        }
        let version = Version(reading: clock.take(at: now), origin: origin)
        var generator = SystemRandomNumberGenerator()
        let id = EventID(milliseconds: UInt64(max(0, now.milliseconds)), using: &generator)
        return try edited.event(of: edit, version: version, id: id, at: now)
    }
}
