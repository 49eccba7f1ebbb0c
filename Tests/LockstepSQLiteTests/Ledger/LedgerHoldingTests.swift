import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// What each office has of a record, however many events there are.
@Suite(.timeLimit(.minutes(3)))
struct LedgerHoldingTests {
    private static func holdings(_ directory: URL) async throws -> [String: String] {
        let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
        let found = try await reader.holdings(of: try Subject("permit/1"))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.text, $0.value.event.text) })
    }

    @Test func theNewestVersionCountsInWhicheverOrderTheyCome() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory), clock: LedgerSample.clock(10))
            try await ledger.take([
                try LedgerSample.batch("a", try LedgerSample.receipt(2), try LedgerSample.receipt(5)),
                try LedgerSample.batch("a", try LedgerSample.receipt(3)),
                try LedgerSample.batch("a", try LedgerSample.receipt(7, .dead(reason: "no day"))),
                try LedgerSample.batch("b", try LedgerSample.receipt(1)),
            ])
            #expect(try await Self.holdings(directory) == ["a": "e-5", "b": "e-1"])
            // What it gave up first it has after all.
            try await ledger.take([try LedgerSample.batch("a", try LedgerSample.receipt(7))])
            #expect(try await Self.holdings(directory) == ["a": "e-7", "b": "e-1"])
        }
    }

    @Test func whereTheNewestIsForgottenTheNextOneCounts() async throws {
        try await withTemporaryDirectory { directory in
            let early = try SQLiteLedger(path: LedgerSample.file(directory), clock: LedgerSample.clock(10))
            try await early.take([
                try LedgerSample.batch("a", try LedgerSample.receipt(9)),
                try LedgerSample.batch("b", try LedgerSample.receipt(9)),
            ])
            try early.close()
            // Older versions that the ledger heard of later.
            let late = try SQLiteLedger(path: LedgerSample.file(directory), clock: LedgerSample.clock(20))
            try await late.take([try LedgerSample.batch("a", try LedgerSample.receipt(4), try LedgerSample.receipt(3))])
            #expect(try await late.purge(before: LedgerSample.time(15), limit: 10) == 1)
            #expect(try await Self.holdings(directory) == ["a": "e-4"])
            #expect(try await late.purge(before: LedgerSample.time(25), limit: 10) == 2)
            #expect(try await Self.holdings(directory).isEmpty)
        }
    }

    @Test func aRecordOfManyEventsAnswersInFewLookups() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory))
            try await ledger.database.write { db in
                try db.execute(
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
                        INSERT INTO events (id, event, version, subject, heard)
                        SELECT i, 'e-' || i, printf('%016x-core', i), 'permit/1', i FROM n;
                        """)
            }
            // Only one of the offices has something, and that is the oldest.
            try await ledger.take([
                try LedgerSample.batch("a", try LedgerSample.receipt(70_000, about: "permit/2")),
                try LedgerSample.batch("b", try LedgerSample.receipt(70_000, about: "permit/2")),
                .receipts(
                    ReceiptBatch(
                        office: try OfficeName("c"), at: LedgerSample.time(1),
                        receipts: [
                            Receipt(
                                event: try EventID("e-1"), subject: try Subject("permit/1"),
                                version: try Version("0000000000000001-core"), outcome: .done(.applied), attempt: 1)
                        ])),
            ])
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            let subject = try Subject("permit/1")
            let plan = try await reader.database.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(LedgerHoldings.ofRecord)", arguments: [subject.text])
                    .map { $0["detail"] as String }
            }
            // One row for each office that has something, and for each of these one row of each other table.
            #expect(plan.count == 4 && plan[0] == "SEARCH holdings USING PRIMARY KEY (subject=?)", "\(plan)")
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("PRIMARY KEY") }, "\(plan)")
            #expect(try await Self.holdings(directory) == ["c": "e-1"])
        }
    }
}
