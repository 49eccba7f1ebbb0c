import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OfficeReaderTests {
    @Test func countsWhatHappenedWhileTheWorkerIsOpen() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let reader = try OfficeReader(path: Sample.file(directory))
            let events = [
                try Sample.event(1, ["WORKDESC": "New", "ISSUEDATE": "2024-11-04"]),
                try Sample.event(2, ["WORKDESC": "Renovation"], milliseconds: Sample.milliseconds - 750),
                try Sample.event(3, ["ISSUEDATE": "soon"], number: "24-2"),
                try Sample.event(4, [:], operation: .delete, number: "24-3"),
            ]
            _ = try await replica.merge(events.map { Arrival($0) })
            _ = try await replica.merge([Arrival(events[0], attempt: 2), Arrival(events[2], attempt: 3)])
            let statistics = try await reader.statistics()
            #expect(statistics.records == 2)
            #expect(statistics.deleted == 1)
            #expect(statistics.calendarEntries == 1)
            #expect(
                statistics.outcomes == [.applied: 3, .superseded: 1, .duplicate: 2, .merged: 0, .conflict: 0]
            )
            #expect(statistics.events == 6)
            #expect(statistics.refused == 2)
            #expect(statistics.retried == 2)
            #expect(statistics.lastApplied == Sample.now.now)
            #expect(statistics.delays.total == 3)
            let median = try #require(statistics.delays.percentile(0.5))
            #expect(abs(median / .milliseconds(250) - 1) < 0.05)
        }
    }

    @Test func readsEveryRecordOnceAndInOrder() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let numbers = (1...250).map { "24-\($0)" }
            _ = try await replica.merge(
                try numbers.enumerated().map {
                    Arrival(try Sample.event($0.offset, ["N": .init(integerLiteral: $0.offset)], number: $0.element))
                }
            )
            _ = try await replica.merge([Arrival(try Sample.event(999, [:], operation: .delete, number: "24-7"))])
            var found: [StoredRecord] = []
            for try await record in try OfficeReader(path: Sample.file(directory)).records { found.append(record) }
            let subjects = try numbers.map { try Subject("permit/\($0)") }
            #expect(found.map(\.subject) == subjects.sorted())
            #expect(found.filter(\.deleted).map(\.subject.text) == ["permit/24-7"])
            let first = try #require(found.first)
            #expect(first.data == #"{"N":0}"# && first.version.description == "0190792228000000-core")
        }
    }

    @Test func tellsOneRecordFieldByField() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, ["A": "x", "B": "y"]))])
            _ = try await replica.merge([Arrival(try Sample.event(2, ["B": "z"]))])
            let reader = try OfficeReader(path: Sample.file(directory))
            let record = try #require(try await reader.record(try Subject("permit/24-019651")))
            let told = record.fields.map {
                "\($0.name) \($0.register.values.map { "\($0.version) \($0.content?.text ?? "")" })"
            }
            #expect(told == [#"A ["0190792228000001-core \"x\""]"#, #"B ["0190792228000002-core \"z\""]"#])
            #expect(try await reader.record(try Subject("permit/other")) == nil)
        }
    }

    @Test func sortsTheCalendarByDate() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let dates = [("24-1", "2024-11-04"), ("24-2", ""), ("24-3", "2023-01-02T08:30:00-05:00")]
            _ = try await replica.merge(
                try dates.map { Arrival(try Sample.event(1, ["ISSUEDATE": .init(string: $0.1)], number: $0.0)) }
            )
            let reader = try OfficeReader(path: Sample.file(directory))
            #expect(try await reader.calendar().map(\.starts) == ["2023-01-02T13:30:00Z", "2024-11-04", nil])
            #expect(try await reader.calendar(limit: 1).map(\.subject.text) == ["permit/24-3"])
            #expect(try await reader.calendar(limit: 0).isEmpty)
        }
    }

    @Test func anOfficeWithoutAFileIsNotThereYet() async throws {
        try await withTemporaryDirectory { directory in
            #expect(await failure { _ = try OfficeReader(path: Sample.file(directory)) }?.code == .notFound)
            let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(files.isEmpty, "reading makes no files")
        }
    }

    @Test func readsAfterTheWorkerHasEnded() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, ["A": "x"]))])
            try replica.close()
            #expect(try await OfficeReader(path: Sample.file(directory)).statistics().records == 1)
        }
    }
}
