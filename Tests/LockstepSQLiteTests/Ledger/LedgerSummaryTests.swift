import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
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

    @Test func anOfficeIsNotExpectedToHaveWhatIsOlderThanItsSubscription() async throws {
        try await withTemporaryDirectory { directory in
            let seconds = Mutex<Int64>(100)
            let clock = WallClock { LedgerSample.time(seconds.withLock { $0 }) }
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory), clock: clock)
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            let (a, b) = (try Self.subscription("a", "#"), try Self.subscription("b", "permit.issued.ward-3"))
            try await ledger.note([a])
            try await ledger.take([try LedgerSample.publication(1...10)])
            seconds.withLock { $0 = 200 }
            try await ledger.note([a, b])
            #expect(try await reader.summaries(among: [a, b]).map(\.silent) == [10, 0])
            #expect(try await reader.offices().isEmpty, "nobody has spoken")
            seconds.withLock { $0 = 300 }
            try await ledger.take([
                try LedgerSample.publication(11...14),
                // One of the older ones was sent to it again.
                try LedgerSample.batch("b", try LedgerSample.receipt(3), try LedgerSample.receipt(11)),
            ])
            try await ledger.note([a, b])
            var summaries = try await reader.summaries(among: [a, b])
            #expect(summaries.map(\.silent) == [14, 3] && summaries[1].held == 2 && summaries[1].events == 5)
            // The older ones are forgotten, and with them what excused b.
            #expect(try await ledger.purge(before: LedgerSample.time(250), limit: 100) == 10)
            summaries = try await reader.summaries(among: [a, b])
            #expect(summaries.map(\.silent) == [4, 3] && summaries[1].held == 1)
        }
    }

    @Test func whatAnOfficeWantsBesidesCountsFromThenOn() async throws {
        try await withTemporaryDirectory { directory in
            let seconds = Mutex<Int64>(100)
            let clock = WallClock { LedgerSample.time(seconds.withLock { $0 }) }
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory), clock: clock)
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            let (less, more) = (try Self.subscription("a", "policy.#"), try Self.subscription("a", "#"))
            try await ledger.note([less])
            try await ledger.take([try LedgerSample.publication(1...3)])
            seconds.withLock { $0 = 200 }
            try await ledger.note([more])
            try await ledger.take([try LedgerSample.publication(4...5)])
            #expect(try await reader.summaries(among: [more]).map(\.silent) == [2])
            // Deleted, and made again.
            try await ledger.note([])
            seconds.withLock { $0 = 300 }
            try await ledger.note([more])
            #expect(try await reader.summaries(among: [more]).map(\.silent) == [0])
        }
    }
}
