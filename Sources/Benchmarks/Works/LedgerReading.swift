import ArgumentParser
import Foundation
import GRDB
import Lockstep
import LockstepSQLite

/// A large ledger: how long each question takes, and a purge beside it.
struct Ledger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Fills a ledger with deliveries, and asks it.")
    @Option(help: "The ledger's file; one that is there is asked as it is.") var file: String
    @Option(help: "Deliveries, ten of each event.") var deliveries = 10_000_000
    @Option(help: "How often each question is asked.") var rounds = 200

    private static let offices = 10
    private static let records = 50_000

    func run() async throws {
        if !FileManager.default.fileExists(atPath: file) { try fill() }
        let names = try sample()
        let reader = try SQLiteLedgerReader(path: file)
        var latencies: [(question: String, times: [Duration])] = []
        func ask(_ question: String, _ times: Int, _ body: (Int) async throws -> Void) async throws {
            var taken: [Duration] = []
            for number in 0..<times {
                let start = ContinuousClock.now
                try await body(number)
                taken.append(ContinuousClock.now - start)
            }
            latencies.append((question, taken))
        }
        try await ask("event", rounds) { number in
            let entries = try await reader.entries(of: try EventID(names[number % names.count].event))
            guard entries.first?.deliveries.count == Self.offices else { throw Spoiled(description: "no such event") }
        }
        try await ask("record", rounds) { number in
            let subject = try Subject(names[number % names.count].subject)
            let entries = try await reader.entries(about: subject, limit: 100)
            let holdings = try await reader.holdings(of: subject)
            guard !entries.isEmpty, holdings.count == Self.offices else {
                throw Spoiled(description: "no such record")
            }
        }
        let offices = try (1...Self.offices).map {
            Subscription(office: try OfficeName("ward-\($0)"), events: [try TopicPattern("permit.#")])
        }
        try await ask("summary", 2) { _ in _ = try await reader.summaries(among: offices) }
        let ledger = try SQLiteLedger(path: file)
        try await ask("purge", 50) { _ in
            guard try await ledger.purge(before: WallClock.system.now, limit: 1_000) == 1_000 else {
                throw Spoiled(description: "too few events to purge")
            }
        }
        try ledger.close()
        for (question, times) in latencies { Measurement().report("ledger \(question)", latencies: times) }
    }

    /// Events and deliveries as publishers and offices would have reported them; the tables are the ledger's own.
    private func fill() throws {
        try SQLiteLedger(path: file).close()
        let database = try DatabaseQueue(path: file)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = wal; PRAGMA synchronous = OFF; PRAGMA cache_size = -256000")
        }
        let events = deliveries / Self.offices
        try database.write { db in
            for office in 1...Self.offices {
                try db.execute(
                    sql: "INSERT INTO offices (id, name) VALUES (?, ?)", arguments: [office, "ward-\(office)"])
            }
        }
        for first in stride(from: 1, through: events, by: 100_000) {
            let last = min(first + 99_999, events)
            try database.write { db in
                try db.execute(
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(last))
                        INSERT INTO events
                            (id, event, version, subject, heard, source, type, scope, accepted, answered, publication)
                        SELECT i, lower(hex(randomblob(16))), printf('%016x-core', 112700000000000000 + i * 655360),
                            'permit/24-' || (abs(random()) % \(Self.records)), 1720000000000000 + i * 10000, 'core',
                            'permit.issued', 'ward-' || (i % 8), 1720000000000000 + i * 10000,
                            1720000000002000 + i * 10000, 0 FROM n;
                        INSERT INTO deliveries (event, office, attempts, outcome, done)
                        SELECT events.id, offices.id, 1, 0, accepted + 5000 + abs(random()) % 2000000
                        FROM events, offices WHERE events.id BETWEEN \(first) AND \(last);
                        """)
            }
        }
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO holdings (subject, office, event)
                    SELECT subject, office, id FROM (
                        SELECT subject, office, events.id AS id, max(version)
                        FROM events JOIN deliveries ON deliveries.event = events.id GROUP BY subject, office
                    )
                    """)
        }
        try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try database.close()
    }

    /// Events from all over the ledger.
    private func sample() throws -> [(event: String, subject: String)] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: file, configuration: configuration).read { db in
            let last = try Int.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
            return try (1...100).compactMap { number in
                // From the upper half: the lower one is purged.
                try Row.fetchOne(
                    db, sql: "SELECT event, subject FROM events WHERE id = ?",
                    arguments: [last - number * (last / 250)]
                ).map { ($0[0], $0[1]) }
            }
        }
    }
}
