import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepSQLite

struct LedgerPurgeTests {
    @Test func whatIsOldGoesInSmallBatchesTheOldestFirst() async throws {
        try await withTemporaryDirectory { directory in
            let now = Mutex(0 as Int64)
            let clock = WallClock { LedgerSample.time(now.withLock(\.self)) }
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory), clock: clock)
            for number in 1...10 {
                now.withLock { $0 = Int64(number) }
                try await ledger.take([
                    try LedgerSample.publication(number...number),
                    try LedgerSample.batch("a", try LedgerSample.receipt(number)),
                    try LedgerSample.batch("b", try LedgerSample.receipt(number, .dead(reason: "no slot"))),
                ])
            }
            // A late receipt does not make an event younger.
            now.withLock { $0 = 100 }
            try await ledger.take([try LedgerSample.batch("c", try LedgerSample.receipt(1))])

            func left() async throws -> [String] {
                let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
                return try await reader.entries(about: try Subject("permit/1"), limit: 20).map(\.event.text)
            }
            #expect(try await ledger.purge(before: LedgerSample.time(1), limit: 4) == 0)
            #expect(try await ledger.purge(before: LedgerSample.time(8), limit: 4) == 4)
            #expect(try await left() == ["e-10", "e-9", "e-8", "e-7", "e-6", "e-5"])
            #expect(try await ledger.purge(before: LedgerSample.time(8), limit: 4) == 3)
            #expect(try await ledger.purge(before: LedgerSample.time(8), limit: 4) == 0)
            #expect(try await left() == ["e-10", "e-9", "e-8"])
            let deliveries = try await ledger.database.read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM deliveries")
            }
            #expect(deliveries == 6)
        }
    }
}
