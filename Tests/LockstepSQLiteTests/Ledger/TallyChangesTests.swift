import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepSQLite

/// What a ledger counts as it comes is what counting everything says.
struct TallyChangesTests {
    private static func kept(_ ledger: SQLiteLedger) async throws -> [[String]] {
        try await ledger.database.read { db in
            try [
                "SELECT office, route, word, count FROM standings ORDER BY 1, 2, 3",
                "SELECT route, count FROM confirmed ORDER BY 1",
                "SELECT office, bucket, count FROM delays ORDER BY 1, 2",
                "SELECT office, route, excused FROM beginnings ORDER BY 1, 2",
            ].map { try Row.fetchAll(db, sql: $0).map(\.description) }
        }
    }

    /// Throws the counts away and makes them anew from all that is there.
    private static func recounted(_ ledger: SQLiteLedger) async throws -> [[String]] {
        try await ledger.database.write { db in
            try db.execute(
                sql: """
                    DELETE FROM standings; DELETE FROM confirmed; DELETE FROM delays;
                    UPDATE beginnings SET excused = 0;
                    """)
            var changes = TallyChanges(try LedgerBeginnings(db: db).all())
            try changes.countAll(db)
            try changes.write(db)
        }
        return try await kept(ledger)
    }

    /// Some of the offices, each with some wishes.
    private static func subscriptions(_ generator: inout some RandomNumberGenerator) throws -> [Subscription] {
        let patterns = [["#"], ["permit.issued.ward-3"], ["policy.#"], ["permit.*.ward-3", "policy.#"]]
        return try ["a", "b", "c"].filter { _ in Bool.random(using: &generator) }.map { name in
            Subscription(
                office: try OfficeName(name),
                events: try patterns.randomElement(using: &generator)!.map(TopicPattern.init))
        }
    }

    private static func report(_ generator: inout some RandomNumberGenerator) throws -> LedgerReport {
        let number = Int.random(in: 1...30, using: &generator)
        if Bool.random(using: &generator) {
            let outcomes: [PublishOutcome] = [.confirmed, .unrouted, .refused("full")]
            return try LedgerSample.publication(
                number...number + Int.random(in: 0...3, using: &generator),
                outcome: outcomes.randomElement(using: &generator)!)
        }
        let outcomes: [Receipt.Outcome] = [
            .done(.applied), .done(.duplicate), .waiting(until: LedgerSample.time(200), reason: "full"),
            .dead(reason: "no day"),
        ]
        let office = ["a", "b", "c"].randomElement(using: &generator)!
        return try LedgerSample.batch(
            office, at: Int64.random(in: 1...150, using: &generator),
            try LedgerSample.receipt(number, outcomes.randomElement(using: &generator)!),
            try LedgerSample.receipt(number + 1, outcomes.randomElement(using: &generator)!))
    }

    @Test(.timeLimit(.minutes(5)))
    func whateverIsReportedAndForgottenTheCountsAreThoseOfWhatIsThere() async throws {
        try await forEachSeed(60) { _, generator async throws in
            try await withTemporaryDirectory { directory in
                let seconds = Mutex<Int64>(0)
                let clock = WallClock { LedgerSample.time(seconds.withLock { $0 }) }
                let ledger = try SQLiteLedger(path: LedgerSample.file(directory), clock: clock)
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    seconds.withLock { $0 += 1 }
                    if Bool.random(using: &generator) {
                        try await ledger.note(try Self.subscriptions(&generator))
                        seconds.withLock { $0 += 1 }
                    }
                    var reports: [LedgerReport] = []
                    for _ in 0..<Int.random(in: 1...6, using: &generator) {
                        reports.append(try Self.report(&generator))
                    }
                    try await ledger.take(reports)
                    if Int.random(in: 0..<4, using: &generator) == 0 {
                        _ = try await ledger.purge(
                            before: clock.now, limit: Int.random(in: 1...20, using: &generator))
                    }
                }
                let kept = try await Self.kept(ledger)
                #expect(try await Self.recounted(ledger) == kept)
                #expect(kept.joined().allSatisfy { !$0.contains("count:0") && !$0.contains("count:-") })
                #expect(kept[3].allSatisfy { !$0.contains("excused:-") })
            }
        }
    }

    @Test func aLedgerOfAnEarlierReleaseIsCountedWhenItIsOpened() async throws {
        try await withTemporaryDirectory { directory in
            let path = LedgerSample.file(directory)
            let ledger = try SQLiteLedger(path: path)
            try await ledger.take([
                try LedgerSample.publication(1...5), try LedgerSample.batch("a", at: 3, try LedgerSample.receipt(1)),
            ])
            let kept = try await Self.kept(ledger)
            #expect(!kept[0].isEmpty && !kept[1].isEmpty && !kept[2].isEmpty)
            try await ledger.database.write { db in
                try db.execute(
                    sql: """
                        DROP TABLE standings; DROP TABLE confirmed; DROP TABLE delays;
                        DROP TABLE holdings; DROP TABLE subscribers; DROP TABLE beginnings;
                        ALTER TABLE offices DROP COLUMN last_held;
                        DELETE FROM grdb_migrations WHERE identifier IN ('ledger 2', 'ledger 3');
                        """)
            }
            try ledger.close()
            #expect(try await Self.kept(SQLiteLedger(path: path)) == kept)
        }
    }
}
