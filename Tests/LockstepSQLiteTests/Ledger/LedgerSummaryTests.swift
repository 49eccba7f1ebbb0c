import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// The whole ledger in one line for each office.
struct LedgerSummaryTests {
    private static func subscription(_ office: String, _ pattern: String) throws -> Subscription {
        Subscription(office: try OfficeName(office), events: [try TopicPattern(pattern)])
    }

    @Test func everyEventThatAnOfficeShouldHaveIsCountedOnce() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory))
            try await ledger.take([
                try LedgerSample.publication(1...10),
                // The broker did not take it: nobody should have it.
                try LedgerSample.publication(11...11, outcome: .refused("full")),
                try LedgerSample.batch("a", at: 3, try LedgerSample.receipt(1), try LedgerSample.receipt(2)),
                try LedgerSample.batch("a", at: 4, try LedgerSample.receipt(1, .done(.duplicate))),
                try LedgerSample.batch(
                    "a", try LedgerSample.receipt(3, .waiting(until: LedgerSample.time(20), reason: "full")),
                    try LedgerSample.receipt(4, .dead(reason: "no day"))),
                // Nobody reported its publication.
                try LedgerSample.batch("a", at: 9, try LedgerSample.receipt(99)),
                // It no longer subscribes to anything.
                try LedgerSample.batch("gone", try LedgerSample.receipt(1)),
            ])
            let summaries = try await SQLiteLedgerReader(path: LedgerSample.file(directory)).summaries(
                among: [
                    try Self.subscription("b", "permit.issued.ward-3"), try Self.subscription("a", "#"),
                    try Self.subscription("c", "policy.#"),
                ])
            #expect(summaries.map(\.office.text) == ["b", "a", "c", "gone"])
            #expect(summaries.map(\.events) == [10, 11, 0, 1])
            #expect(summaries.map(\.held) == [0, 3, 0, 1])
            #expect(summaries.map(\.waiting) == [0, 1, 0, 0])
            #expect(summaries.map(\.dead) == [0, 1, 0, 0])
            #expect(summaries.map(\.silent) == [10, 6, 0, 0])
            #expect(summaries[1].lastHeld == LedgerSample.time(9))
            // From when the publisher was given them.
            #expect(summaries[1].delays.total == 2)
            #expect(summaries[0].delays.percentile(0.5) == nil)
        }
    }
}
