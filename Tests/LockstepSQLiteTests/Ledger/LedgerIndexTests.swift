import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// A ledger of a million deliveries: each question is answered by way of an index, however many there are.
@Suite(.timeLimit(.minutes(3)))
struct LedgerIndexTests {
    private static let fill = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO events (id, event, version, subject, heard, source, type, accepted, answered, publication)
        SELECT i, 'e-' || i, printf('%016x-core', i), 'permit/' || (i % 20000), i, 'core', 'permit.issued', i, i, 0 FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
        INSERT INTO offices (id, name) SELECT i, 'ward-' || i FROM n;
        INSERT INTO deliveries (event, office, attempts, outcome, done)
        SELECT events.id, offices.id, 1, 0, events.id FROM events, offices;
        INSERT INTO holdings (subject, office, event)
        SELECT subject, offices.id, max(events.id) FROM events, offices GROUP BY subject, offices.id;
        """

    @Test func everyQuestionUsesItsIndex() async throws {
        try await withTemporaryDirectory { directory in
            let file = LedgerSample.file(directory)
            let ledger = try SQLiteLedger(path: file)
            try await ledger.database.write { db in try db.execute(sql: Self.fill) }
            let questions = [
                LedgerEvents.byID: "events_by_id", LedgerEvents.byVersion: "events_by_id",
                LedgerEvents.bySubject: "events_by_subject", LedgerEvents.old: "events_by_age",
                LedgerHoldings.ofRecord: "PRIMARY KEY", LedgerEvents.after: "events_by_subject",
                LedgerDeliveries.ofEvent: "PRIMARY KEY",
                LedgerListing.all: "PRIMARY KEY", LedgerListing.ofState: "deliveries_by_state",
                LedgerListing.ofEvent: "PRIMARY KEY", LedgerListing.eventsOfRecord: "events_by_subject",
                LedgerListing.firstHeard: "events_by_age", LedgerListing.lastHeard: "events_by_age",
                LedgerEvents.newest: "PRIMARY KEY", LedgerEvents.byRow: "PRIMARY KEY",
                LedgerDeliveries.byKey: "PRIMARY KEY",
            ]
            for (sql, index) in questions {
                let plan = try await ledger.database.read { db in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: Self.arguments(db, sql))
                        .map { $0["detail"] as String }
                }
                #expect(plan.contains { $0.contains("SEARCH") && $0.contains(index) }, "\(sql)\n\(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(sql)\n\(plan)")
            }

            let reader = try SQLiteLedgerReader(path: file)
            #expect(try await reader.entries(of: try EventID("e-4711")).first?.deliveries.count == 10)
            let holdings = try await reader.holdings(of: try Subject("permit/7"))
            #expect(holdings.count == 10)
            #expect(Set(holdings.values.map(\.event.text)) == ["e-80007"])
            // What a purge takes away is bound by its limit, too.
            #expect(try await ledger.purge(before: LedgerSample.time(0), limit: 500) == 500)
        }
    }

    /// As many as the statement has; their values do not matter to the plan.
    private static func arguments(_ db: Database, _ sql: String) throws -> StatementArguments {
        let count = Int(try db.makeStatement(sql: sql).sqliteBindCount)
        return StatementArguments([Int](repeating: 1, count: count))
    }
}

extension Statement {
    /// How many parameters there are.
    fileprivate var sqliteBindCount: Int {
        (1...9).last { sql.contains("?\($0)") } ?? sql.count { $0 == "?" }
    }
}
