import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// What reports read of a replica and of the ledger.
@Suite(.timeLimit(.minutes(1)))
struct HeldRecordsTests {
    @Test func everyRecordComesOnceInOrderOverAllPages() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory, calendar: [])
            _ = try await replica.merge(
                try (0..<1_100).map { Arrival(try Sample.event(1, ["a": "1"], number: "24-\($0)")) })
            let reader = try OfficeReader(path: Sample.file(directory))
            var held: [HeldRecord] = []
            for try await record in reader.held { held.append(record) }
            #expect(held.map(\.subject) == held.map(\.subject).sorted())
            #expect(Set(held.map(\.subject)).count == 1_100)
            let contents = try Sample.contents(Sample.file(directory))
            #expect(held.allSatisfy { contents[$0.subject] == $0.registers && $0.types == ["permit.issued"] })
            #expect(try await reader.held(held[7].subject) == held[7])
            #expect(try await reader.held(try Subject("permit/none")) == nil)
        }
    }

    @Test func everyEventComesOnceByRecordAndVersionOverAllPages() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory))
            // One record has more events than a page.
            for (subject, numbers) in [("b", 1...1_200), ("a", 1_201...1_203), ("c", 1_204...1_205)] {
                try await ledger.take([try LedgerSample.publication(numbers, about: subject)])
            }
            try await ledger.take([try LedgerSample.batch("ward-1", try LedgerSample.receipt(7, about: "b"))])
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            var entries: [LedgerEntry] = []
            for try await entry in reader.entries { entries.append(entry) }
            #expect(
                entries.map(\.event.text)
                    == (Array(1_201...1_203) + Array(1...1_200) + [1_204, 1_205]).map { "e-\($0)" })
            #expect(entries.filter { !$0.deliveries.isEmpty }.map(\.event.text) == ["e-7"])
            #expect(try await reader.offices().map(\.text) == ["ward-1"])
        }
    }

    /// A replica of a release that remembers routing keys has this column, another one has none.
    @Test func routingKeysAreReadWhereTheyAreRemembered() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory, calendar: [])
            _ = try await replica.merge([Arrival(try Sample.event(1, ["a": "1"]))])
            try await replica.database.write { db in try db.execute(sql: "UPDATE records SET routes = NULL") }
            let reader = try OfficeReader(path: Sample.file(directory))
            let subject = try Subject("permit/24-019651")
            #expect(try await reader.held(subject)?.routes == nil)
            try await replica.database.write { db in
                try db.execute(sql: "UPDATE records SET routes = 'permit.issued permit.issued.ward-3'")
            }
            #expect(try await reader.held(subject)?.routes == ["permit.issued", "permit.issued.ward-3"])
        }
    }
}
