import GRDB
import Lockstep

/// The table `lockstep_outbox`: what is asked of it, and what is noted in it.
struct OutboxTable {
    let db: Database

    private static let columns = """
        position, type, subject, scope, operation, data, id, source, time, version, seen, traceparent, extensions,
        written_at
        """

    /// Which release made the tables; nil: they are not there.
    func release() throws -> Int? {
        guard try db.tableExists("lockstep_outbox_clock") else { return nil }
        return try Int.fetchOne(db, sql: "SELECT release FROM lockstep_outbox_clock")
    }

    /// Moves the clock past a reading.
    func observe(_ reading: ClockReading) throws {
        try db.cachedStatement(sql: "UPDATE lockstep_outbox_clock SET last = ?1 WHERE last < ?1")
            .execute(arguments: [Int64(clamping: reading.bits)])
    }

    /// The newest reading that was given out or taken in.
    func last() throws -> ClockReading {
        let last = try Int64.fetchOne(db, sql: "SELECT last FROM lockstep_outbox_clock") ?? 0
        return ClockReading(UInt64(max(last, 0)))
    }

    /// Whose events these are; nil: the tables are not there.
    func origin() throws -> String? {
        guard try db.tableExists("lockstep_outbox_clock") else { return nil }
        return try String.fetchOne(db, sql: "SELECT origin FROM lockstep_outbox_clock")
    }

    func insert(_ draft: EventDraft) throws {
        let extensions = JSONObject(draft.extensions.map { ($0.key, JSONText(string: $0.value)) })
        try db.cachedStatement(
            sql: """
                INSERT INTO lockstep_outbox
                    (type, subject, scope, operation, data, id, source, time, version, seen, traceparent, extensions)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                draft.type.text, draft.subject.text, draft.scope?.text, draft.operation.rawValue, draft.data.text,
                draft.id?.text, draft.source?.text, draft.time?.rfc3339, draft.version?.description, draft.seen.text,
                draft.traceparent, draft.extensions.isEmpty ? nil : extensions.text,
            ]
        )
    }

    /// Rows that wait after a position, in order, as many as are allowed; the first one however large it is.
    func waiting(
        after position: Int64,
        atMost count: Int,
        bytes: Int,
        but skipped: Set<Int64>,
        largest: Int
    ) throws -> [OutboxEntry] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(Self.columns) FROM lockstep_outbox
                WHERE outcome IS NULL AND position > ? ORDER BY position
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [position])
        var entries: [OutboxEntry] = []
        var room = bytes
        while entries.count < count, let row = try rows.next() {
            if !skipped.isEmpty, skipped.contains(row[0]) { continue }
            let entry = OutboxEntry(row: row, largest: largest)
            room -= entry.size
            if room < 0, !entries.isEmpty { break }
            entries.append(entry)
        }
        return entries
    }

    /// Whether rows wait after a position.
    func waits(after position: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM lockstep_outbox WHERE outcome IS NULL AND position > ? LIMIT 1"
        )
        return try Int.fetchOne(statement, arguments: [position]) != nil
    }

    /// Notes what became of rows, run by run.
    func settle(_ runs: [OutboxRun], at now: Timestamp) throws {
        // By the rows themselves: an index that is changed on the way would have them collected first.
        let statement = try db.cachedStatement(
            sql: """
                UPDATE lockstep_outbox NOT INDEXED SET outcome = ?, reason = ?, settled_at = ?
                WHERE position BETWEEN ? AND ? AND outcome IS NULL
                """
        )
        var sent = 0
        for (index, run) in runs.enumerated() {
            let (first, last) = (run.positions.lowerBound, run.positions.upperBound)
            // Without a time: what was not sent is not purged.
            switch run.result {
            case .sent:
                try statement.execute(arguments: ["sent", nil, now.milliseconds, first, last])
                sent += db.changesCount
            case .unrouted: try statement.execute(arguments: ["unrouted", nil, nil, first, last])
            case .refused(let reason): try statement.execute(arguments: ["refused", reason, nil, first, last])
            }
            if index == (runs.count - 1) / 2 { CrashPoint.marking.pass() }
        }
        guard sent > 0 else { return }
        try db.cachedStatement(sql: "UPDATE lockstep_outbox_totals SET sent = sent + ?").execute(arguments: [sent])
    }

    /// Puts back what was refused or unrouted, and returns how many rows.
    func retry() throws -> Int {
        try db.execute(
            sql: """
                UPDATE lockstep_outbox SET outcome = NULL, reason = NULL
                WHERE settled_at IS NULL AND outcome IS NOT NULL
                """
        )
        return db.changesCount
    }

    /// Whether there are rows that were settled before a moment.
    func hasSettled(before moment: Timestamp) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM lockstep_outbox WHERE settled_at IS NOT NULL AND settled_at < ? LIMIT 1"
        )
        return try Int.fetchOne(statement, arguments: [moment.milliseconds]) != nil
    }

    /// Removes the oldest rows that were settled before a moment, and returns how many.
    func purge(settledBefore moment: Timestamp, atMost count: Int) throws -> Int {
        try db.cachedStatement(
            sql: """
                DELETE FROM lockstep_outbox WHERE position IN (
                    SELECT position FROM lockstep_outbox
                    WHERE settled_at IS NOT NULL AND settled_at < ? ORDER BY settled_at LIMIT ?)
                """
        ).execute(arguments: [moment.milliseconds, count])
        return db.changesCount
    }

    func status() throws -> OutboxStatus {
        let oldest = try Int64.fetchOne(
            db, sql: "SELECT written_at FROM lockstep_outbox WHERE outcome IS NULL ORDER BY position LIMIT 1"
        )
        var stuck: [String: Int] = [:]
        let counts = try Row.fetchAll(
            db,
            sql: """
                SELECT outcome, count(*) FROM lockstep_outbox
                WHERE settled_at IS NULL AND outcome IS NOT NULL GROUP BY outcome
                """
        )
        for row in counts { stuck[row[0]] = row[1] }
        return OutboxStatus(
            waiting: try Int.fetchOne(db, sql: "SELECT count(*) FROM lockstep_outbox WHERE outcome IS NULL") ?? 0,
            oldestWaiting: oldest.map { Timestamp(microseconds: $0 * 1000) },
            sent: try Int.fetchOne(db, sql: "SELECT sent FROM lockstep_outbox_totals") ?? 0,
            unrouted: stuck["unrouted"] ?? 0,
            refused: stuck["refused"] ?? 0
        )
    }
}
