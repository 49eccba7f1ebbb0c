import GRDB
import Lockstep

/// The tables `counters`, `delays` and `settings` of a replica.
struct StatisticsTable {
    let db: Database

    private static let lastApplied = "last_applied"

    func add(_ tally: Tally, at now: Timestamp) throws {
        let counter = try db.cachedStatement(
            sql: """
                INSERT INTO counters (name, count) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET count = count + excluded.count
                """
        )
        for (name, count) in tally.counts { try counter.execute(arguments: [name.name, count]) }
        let delay = try db.cachedStatement(
            sql: """
                INSERT INTO delays (bucket, count) VALUES (?, ?)
                ON CONFLICT (bucket) DO UPDATE SET count = count + excluded.count
                """
        )
        for (bucket, count) in tally.delays.counts { try delay.execute(arguments: [bucket, count]) }
        if tally.changedSomething { try set(Self.lastApplied, to: now.rfc3339) }
    }

    func count(_ counter: Counter) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count FROM counters WHERE name = ?", arguments: [counter.name]) ?? 0
    }

    func lastApplied() throws -> Timestamp? {
        try setting(Self.lastApplied).flatMap { Timestamp(rfc3339: $0) }
    }

    func delays() throws -> DelayHistogram {
        var counts: [Int: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT bucket, count FROM delays") { counts[row[0]] = row[1] }
        return DelayHistogram(counts: counts)
    }

    func setting(_ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
    }

    func set(_ name: String, to value: String) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """
        ).execute(arguments: [name, value])
    }
}
