import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SQLiteReplicaTests {
    @Test func aDuplicateWritesNothingButCounters() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let event = try Sample.event(1, ["SUBDESC": "Attached Deck", "WORKDESC": "New"])
            _ = try await replica.merge([Arrival(event)])
            let dump = "SELECT hex(registers), data, version, unpushed, pushed FROM records; SELECT * FROM calendar"
            // Somebody's own mark shows whether the rows are written again.
            _ = try SQLiteShell.run(Sample.file(directory), "PRAGMA user_version")
            let queue = try DatabaseQueue(path: Sample.file(directory))
            try await queue.write { db in
                try db.execute(
                    sql: """
                        CREATE TRIGGER record_written AFTER UPDATE ON records
                        BEGIN SELECT raise(ABORT, 'a record was written'); END;
                        CREATE TRIGGER entry_written AFTER UPDATE ON calendar
                        BEGIN SELECT raise(ABORT, 'an entry was written'); END;
                        """
                )
            }
            let before = try SQLiteShell.run(Sample.file(directory), dump)
            #expect(
                try await replica.merge([Arrival(event, attempt: 2), Arrival(event)]).map(\.outcome) == [
                    .duplicate, .duplicate,
                ])
            #expect(try SQLiteShell.run(Sample.file(directory), dump) == before)
            let statistics = try await OfficeReader(path: Sample.file(directory)).statistics()
            #expect(statistics.outcomes[.duplicate] == 2)
            // The triggers do fire when there is something to write.
            let next = try Sample.event(2, ["WORKDESC": "Renovation"])
            #expect(await failure { _ = try await replica.merge([Arrival(next)]) } != nil)
        }
    }

    @Test func holdsTheSameAfterItIsOpenedAgain() async throws {
        try await withTemporaryDirectory { directory in
            let first = try Sample.replica(directory)
            _ = try await first.merge([Arrival(try Sample.event(1, ["WORKDESC": "New"]))])
            let before = try Sample.contents(Sample.file(directory))
            try first.close()
            #expect(
                await failure { _ = try await first.merge([Arrival(try Sample.event(2, [:]))]) }?.code
                    == .storeUnavailable)
            let second = try Sample.replica(directory)
            #expect(try Sample.contents(Sample.file(directory)) == before)
            let answers = try await second.merge([Arrival(try Sample.event(1, ["WORKDESC": "New"]))])
            #expect(answers.map(\.outcome) == [.duplicate])
        }
    }

    @Test func syncsEveryCommitAndWritesAhead() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, [:]))])
            #expect(try SQLiteShell.run(Sample.file(directory), "PRAGMA journal_mode") == "wal")
            // 2 is FULL; a connection's own, so asked of the one that writes.
            #expect(try await replica.pragma("synchronous") == 2)
        }
    }

    @Test func showsAllRecordsAnewWhenTheMappingChanges() async throws {
        try await withTemporaryDirectory { directory in
            let first = try Sample.replica(directory)
            let events = [
                try Sample.event(1, ["WORKDESC": "New", "SUBDESC": "Pool"]),
                try Sample.event(2, ["WORKDESC": "New"], type: "policy.started", number: "24-2"),
                try Sample.event(3, ["WORKDESC": "New"], number: "24-3"),
                try Sample.event(4, [:], operation: .delete, number: "24-3"),
            ]
            _ = try await first.merge(events.map { Arrival($0) })
            let pushed = try await first.unpushed(among: Set(events.map(\.subject)))
            try await first.markPushed(pushed)
            try first.close()
            let mapping = CalendarMapping(match: try TopicPattern("policy.*"), title: try Template("policy {WORKDESC}"))
            let second = try Sample.replica(directory, calendar: [mapping])
            let entries = try await OfficeReader(path: Sample.file(directory)).calendar()
            #expect(entries.map(\.title) == ["policy New"])
            #expect(try await second.unpushed(among: Set(events.map(\.subject))).isEmpty)
        }
    }
}
