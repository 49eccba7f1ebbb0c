import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

struct SQLiteLedgerTests {
    private static func withLedger(
        at seconds: Int64 = 0, _ body: (SQLiteLedger, SQLiteLedgerReader) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let file = LedgerSample.file(directory)
            let ledger = try SQLiteLedger(path: file, clock: LedgerSample.clock(seconds))
            try await body(ledger, try SQLiteLedgerReader(path: file))
        }
    }

    private static func state(_ entries: [LedgerEntry], _ office: String) throws -> DeliveryState? {
        entries.first?.deliveries[try OfficeName(office)]
    }

    @Test func whatWasReportedIsThere() async throws {
        try await Self.withLedger { ledger, reader in
            let until = LedgerSample.time(40)
            try await ledger.take([
                try LedgerSample.publication(1...1),
                try LedgerSample.batch("ward-1", try LedgerSample.receipt(1)),
                try LedgerSample.batch(
                    "ward-2", try LedgerSample.receipt(1, .waiting(until: until, reason: "down"), attempt: 2)),
                try LedgerSample.batch(
                    "ward-3", at: 12, try LedgerSample.receipt(1, .dead(reason: "no\0 slot"), attempt: 3)),
            ])
            let entry = try #require(try await reader.entries(of: try EventID("e-1")).first)
            #expect(entry.subject.text == "permit/1")
            #expect(entry.version == (try LedgerSample.version(1)))
            #expect(entry.publication?.routingKey == "permit.issued.ward-3")
            #expect(entry.publication?.acceptedAt == LedgerSample.time(0))
            #expect(entry.publication?.outcome == .confirmed)
            #expect(try Self.state([entry], "ward-1")?.word == .done(.init(.applied, at: LedgerSample.time(10))))
            #expect(
                try Self.state([entry], "ward-2")?.word
                    == .waiting(.init(attempt: 2, until: until, reason: "down", at: LedgerSample.time(10))))
            #expect(
                try Self.state([entry], "ward-3")?.word
                    == .dead(.init(attempt: 3, reason: "no\0 slot", at: LedgerSample.time(12))))
            #expect(try await reader.entries(of: try EventID("e-2")).isEmpty)
        }
    }

    @Test(arguments: MergeOutcome.allCases)
    func everyOutcomeComesBack(outcome: MergeOutcome) async throws {
        try await Self.withLedger { ledger, reader in
            try await ledger.take([try LedgerSample.batch("a", try LedgerSample.receipt(1, .done(outcome)))])
            let entries = try await reader.entries(of: try EventID("e-1"))
            #expect(try Self.state(entries, "a")?.done?.outcome == outcome)
        }
    }

    @Test(arguments: [PublishOutcome.confirmed, .unrouted, .refused("full")])
    func everyAnswerOfTheBrokerComesBack(outcome: PublishOutcome) async throws {
        try await Self.withLedger { ledger, reader in
            try await ledger.take([try LedgerSample.publication(1...1, outcome: outcome)])
            #expect(try await reader.entries(of: try EventID("e-1")).first?.publication?.outcome == outcome)
        }
    }

    @Test func reportsInAnyOrderAndAnyNumberLeadToTheSame() async throws {
        let reports = try [
            LedgerSample.publication(1...3),
            LedgerSample.batch("a", at: 10, LedgerSample.receipt(1), LedgerSample.receipt(2, .done(.merged))),
            LedgerSample.batch(
                "a", at: 5, LedgerSample.receipt(1, .waiting(until: LedgerSample.time(9), reason: "x"))),
            LedgerSample.batch("a", at: 20, LedgerSample.receipt(1, .done(.duplicate)), LedgerSample.receipt(3)),
            LedgerSample.batch("b", at: 7, LedgerSample.receipt(3, .dead(reason: "y"))),
        ]
        func entries(_ reports: [[LedgerReport]]) async throws -> [LedgerEntry] {
            var entries: [LedgerEntry] = []
            try await Self.withLedger { ledger, reader in
                for batch in reports { try await ledger.take(batch) }
                entries = try await reader.entries(about: try Subject("permit/1"), limit: 10)
            }
            return entries
        }
        let expected = try await entries([reports])
        #expect(expected.count == 3)
        #expect(try await entries(reports.reversed().map { [$0] }) == expected)
        #expect(try await entries([reports, reports]) == expected)
        try await forEachSeed(10) { _, generator in
            let shuffled = (reports + reports).shuffled(using: &generator).map { [$0] }
            try #require(try await entries(shuffled) == expected)
        }
    }

    @Test func theSameIdFromAnotherSourceIsAnotherEvent() async throws {
        try await Self.withLedger { ledger, reader in
            var other = try LedgerSample.receipt(1)
            other.version = Version(reading: ClockReading(7), origin: try Origin("desk"))
            other.subject = try Subject("permit/2")
            try await ledger.take([
                try LedgerSample.batch("a", try LedgerSample.receipt(1)), try LedgerSample.batch("b", other),
            ])
            let entries = try await reader.entries(of: try EventID("e-1"))
            #expect(entries.map(\.subject.text) == ["permit/1", "permit/2"])
            #expect(entries.map { $0.deliveries.keys.map(\.text) } == [["a"], ["b"]])
        }
    }

    @Test func eachOfficeHoldsTheNewestVersionThatItTookIn() async throws {
        try await Self.withLedger { ledger, reader in
            try await ledger.take([
                try LedgerSample.publication(1...3),
                try LedgerSample.batch("a", at: 10, try LedgerSample.receipt(1), try LedgerSample.receipt(3)),
                try LedgerSample.batch("b", at: 20, try LedgerSample.receipt(2, .done(.superseded))),
                try LedgerSample.batch("b", at: 21, try LedgerSample.receipt(3, .dead(reason: "no slot"))),
                try LedgerSample.batch("c", at: 22, try LedgerSample.receipt(9, about: "permit/2")),
            ])
            let holdings = try await reader.holdings(of: try Subject("permit/1"))
            #expect(
                holdings.mapValues(\.version) == [
                    try OfficeName("a"): try LedgerSample.version(3), try OfficeName("b"): try LedgerSample.version(2),
                ])
            #expect(holdings[try OfficeName("b")]?.done.at == LedgerSample.time(20))
            #expect(holdings[try OfficeName("b")]?.publishedAt == LedgerSample.time(0))
        }
    }

    @Test func manyEventsAreLookedUpInTheirOrder() async throws {
        try await Self.withLedger { ledger, reader in
            try await ledger.take([try LedgerSample.publication(1...2)])
            let asked = try [2, 5, 1].map { (id: try EventID("e-\($0)"), version: try LedgerSample.version($0)) }
            #expect(try await reader.entries(of: asked).map { $0?.event.text } == ["e-2", nil, "e-1"])
        }
    }

    @Test func aFileThatNobodyHasMadeIsNamed() async throws {
        try await withTemporaryDirectory { directory in
            let error = await failure { _ = try SQLiteLedgerReader(path: LedgerSample.file(directory)) }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("'lockstep ledger'") == true)
        }
    }

    @Test func aBatchThatCannotBeWrittenIsNotThereAtAll() async throws {
        try await withTemporaryDirectory { directory in
            let file = LedgerSample.file(directory)
            let ledger = try SQLiteLedger(path: file, busyTimeout: .milliseconds(50))
            try await SQLiteShell.withLock(on: file) {
                let error = await failure { try await ledger.take([try LedgerSample.publication(1...5)]) }
                #expect(error?.code == .storeUnavailable)
            }
            let reader = try SQLiteLedgerReader(path: file)
            #expect(try await reader.entries(about: try Subject("permit/1"), limit: 10).isEmpty)
            try await ledger.take([try LedgerSample.publication(1...5)])
            #expect(try await reader.entries(about: try Subject("permit/1"), limit: 3).count == 3)
        }
    }
}
