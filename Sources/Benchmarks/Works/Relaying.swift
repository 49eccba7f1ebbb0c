import ArgumentParser
import GRDB
import Lockstep
import LockstepSQLite

/// What the outbox's works are told, beside the rest.
struct OutboxOptions: ParsableArguments {
    @OptionGroup var work: WorkOptions
    @Option(help: "The core app's database; made anew.") var file: String
    @Option(help: "Rows that were sent before and are not purged.") var sent = 0
    @Option(help: "Rows that wait besides those that are measured.") var waiting = 0

    func outbox() throws -> SQLiteOutbox {
        SQLiteOutbox(path: file, origin: try Origin("core"), safetyLook: .seconds(3_600))
    }

    /// A core app's database with so many rows in its outbox.
    func database(waiting count: Int) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = wal; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000")
        }
        let database = try DatabaseQueue(path: file, configuration: configuration)
        let outbox = try outbox()
        try database.write { db in try outbox.install(in: db) }
        let now = Pace.monotonic
        for first in stride(from: 0, to: sent, by: 100_000) {
            try fill(database, min(100_000, sent - first), "'sent'", "\(WallClock.system.now.milliseconds)", seed: now)
        }
        for first in stride(from: 0, to: count, by: 100_000) {
            try fill(database, min(100_000, count - first), "NULL", "NULL", seed: now)
        }
        try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        return database
    }

    /// Rows as the relay would have left them, about as large as the office's events.
    private func fill(
        _ database: DatabaseQueue, _ count: Int, _ outcome: String, _ settled: String, seed: Int64
    ) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                    INSERT INTO lockstep_outbox (type, subject, scope, data, outcome, settled_at)
                    SELECT 'permit.changed', 'permit/24-' || (abs(random()) % 5000), 'ward-' || (i % 8),
                        json_object('status', 'Issued', 'fee', i % 997, 'inspector', 'I. Nspector',
                            'visit', '2026-01-10T09:30:00Z', 'open', i % 2, 'note',
                            'Footings were inspected and found to be as drawn; the next visit is number ' || i),
                        \(outcome), \(settled) FROM n
                    """)
        }
    }
}

/// The same client publishes events, and then relays as many out of an outbox.
struct Relay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes events plainly, then through an outbox.")
    @OptionGroup var options: OutboxOptions

    func run() async throws {
        _ = try options.database(waiting: options.work.count + options.waiting)
        try await RelayMeasurement(options.work, named: "relay").run(try options.outbox())
    }
}

/// One event at a time in an outbox that is idle: how long from its commit until its confirm.
struct RelayOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-one", abstract: "Relays one event at a time.")
    @OptionGroup var options: OutboxOptions
    @Flag(help: "Written as another process does it, which the relay hears of by inotify alone.") var foreign = false

    func run() async throws {
        let isForeign = foreign
        let database = try options.database(waiting: options.waiting)
        let outbox = try options.outbox()
        try await RelayMeasurement(options.work, named: "relay-one").runSingly(outbox) { number in
            try await database.write { db in
                if isForeign {
                    try db.execute(
                        sql: "INSERT INTO lockstep_outbox (type, subject, data) VALUES ('permit.changed', ?, '{}')",
                        arguments: ["permit/\(number)"])
                } else {
                    let type = try EventType("permit.changed")
                    try outbox.append(EventDraft(type, about: try Subject("permit/\(number)")), in: db)
                }
            }
        }
    }
}
