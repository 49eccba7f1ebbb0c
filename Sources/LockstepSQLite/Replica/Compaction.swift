import GRDB
public import Lockstep

/// What a step through a replica's records did to them.
public struct CompactionStep: Sendable, Hashable {
    /// Where the next step goes on; nil: all records have been gone through.
    public var last: Subject?
    /// Records that are smaller now.
    public var compacted: Int
    /// Records of which nothing is left.
    public var forgotten: Int

    /// A step.
    public init(last: Subject? = nil, compacted: Int = 0, forgotten: Int = 0) {
        self.last = last
        self.compacted = compacted
        self.forgotten = forgotten
    }
}

extension SQLiteReplica {
    /// Compacts some records, in one transaction: what matters only to changes older than `age` is forgotten.
    ///
    /// From then on the replica takes in no such change: the answer to it is a refusal, so that it becomes a dead letter.
    /// The age counts from the newest change that the office has taken in, or from now, whichever is earlier: an office
    /// that was away forgets nothing before it has caught up. What this assumes says ``/Lockstep/Record/compacted(before:)``:
    /// all offices must be given the same age, longer than any change is on its way.
    ///
    /// - Parameters:
    ///   - age: A whole number of seconds.
    ///   - subject: Where the step before ended; nil: begin anew.
    ///   - limit: The most records to go through.
    /// - Throws: As ``merge(_:)``. Nothing has changed then.
    public func compact(
        keeping age: Duration, after subject: Subject? = nil, limit: Int = 200
    ) async throws(LockstepError) -> CompactionStep {
        let (view, now) = (view, clock.now)
        return try await database.write { db in
            // One pass, one horizon.
            let horizon = Horizon(db: db)
            let reading =
                subject == nil ? try horizon.advance(keeping: age, at: now) : try horizon.reading()
            guard reading.bits > 0 else { return CompactionStep() }
            return try Compaction(db: db, view: view, horizon: reading, now: now).step(after: subject, limit: limit)
        }
    }
}

/// A step through the records of a replica.
private struct Compaction {
    let db: Database
    let view: ReplicaView
    let horizon: ClockReading
    let now: Timestamp

    func step(after last: Subject?, limit: Int) throws -> CompactionStep {
        let subjects = try String.fetchAll(
            db,
            sql: "SELECT subject FROM records WHERE ?1 IS NULL OR subject > ?1 ORDER BY subject LIMIT ?2",
            arguments: [last?.text, limit]
        )
        var step = CompactionStep()
        var digests = DigestChanges()
        for text in subjects { try compact(try Subject(text), &step, &digests) }
        try DigestTable(db: db).add(digests)
        if subjects.count == limit { step.last = try subjects.last.map(Subject.init) }
        return step
    }

    private func compact(
        _ subject: Subject, _ step: inout CompactionStep, _ digests: inout DigestChanges
    ) throws {
        let loaded = try RecordTable(db: db).load(subject)
        let compacted = loaded.record.compacted(before: horizon)
        guard compacted != loaded.record else { return }
        if compacted.isForgotten {
            try RecordTable(db: db).remove(subject)
            try CalendarTable(db: db).apply(.remove, to: subject, at: now)
            step.forgotten += 1
            return
        }
        // An origin that broke its promises may leave types without a version: the record stays as it is.
        guard compacted.version != nil else { return }
        loaded.record = compacted
        switch loaded.show(seenBy: view) {
        case .entry(let entry): try CalendarTable(db: db).apply(.put(entry), to: subject, at: now)
        case .unmapped, .deleted: try CalendarTable(db: db).apply(.remove, to: subject, at: now)
        case .refused: break
        }
        let registers = compacted.encoded()
        try RecordTable(db: db).store(loaded, registers: registers)
        digests.insert(
            subject, from: loaded.digestOfOriginal, to: DriftDigest(of: subject, encoded: registers))
        step.compacted += 1
    }
}
