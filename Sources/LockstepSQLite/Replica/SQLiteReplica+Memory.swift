import GRDB
public import Lockstep

extension SQLiteReplica: WorkerMemory {
    public func waitingEvents() async throws(LockstepError) -> [Subject: [WaitingEvent]] {
        try await database.read { db in try WaitingTable(db: db).all() }
    }

    public func setWaiting(_ events: [Subject: [WaitingEvent]]) async throws(LockstepError) {
        guard !events.isEmpty else { return }
        try await database.write { db in
            let table = WaitingTable(db: db)
            for (subject, events) in events { try table.set(events, of: subject) }
        }
    }

    public func note(_ report: BreakerReport) async throws(LockstepError) {
        try await database.write { db in try BreakerSetting(db: db).set(report) }
    }
}

extension OfficeReader {
    /// How the breaker of the office's worker stood when it changed last; nil: no worker has said so yet.
    ///
    /// A worker that was killed leaves behind how it stood then.
    public func breaker() async throws(LockstepError) -> BreakerReport? {
        try await database.read { db in try BreakerSetting(db: db).report() }
    }
}

/// The table `waiting` of a replica.
private struct WaitingTable {
    let db: Database

    func all() throws -> [Subject: [WaitingEvent]] {
        var lines: [Subject: [WaitingEvent]] = [:]
        let rows = try Row.fetchCursor(
            db, sql: "SELECT subject, event, version, due FROM waiting ORDER BY subject, place")
        while let row = try rows.next() {
            let event = WaitingEvent(
                id: try EventID(row[1]), version: try Version(row[2]), due: Timestamp(microseconds: row[3]))
            lines[try Subject(row[0]), default: []].append(event)
        }
        return lines
    }

    func set(_ events: [WaitingEvent], of subject: Subject) throws {
        try db.cachedStatement(sql: "DELETE FROM waiting WHERE subject = ?").execute(arguments: [subject.text])
        let insertion = try db.cachedStatement(
            sql: "INSERT INTO waiting (subject, place, event, version, due) VALUES (?, ?, ?, ?, ?)")
        for (place, event) in events.enumerated() {
            try insertion.execute(arguments: [
                subject.text, place, event.id.text, event.version.description, event.due.microseconds,
            ])
        }
    }
}

/// How the worker's breaker stands, in the table `settings` of a replica.
private struct BreakerSetting {
    let db: Database
    private static let name = "breaker"

    func report() throws -> BreakerReport? {
        try StatisticsTable(db: db).setting(Self.name).flatMap { BreakerReport($0) }
    }

    func set(_ report: BreakerReport) throws {
        try StatisticsTable(db: db).set(Self.name, to: report.text)
    }
}
