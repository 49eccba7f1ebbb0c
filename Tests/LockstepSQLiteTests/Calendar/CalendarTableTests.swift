import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CalendarTableTests {
    /// The permit 24-019651 as the city published it: two rows, the second a revision of the first.
    private static let permit: [JSONObject] = [
        [
            "ADDRESS": "1268 ABBEY CRT.   ", "FOLDERTYPE": "SO Other Single Detached Dwelling",
            "ISSUEDATE": "2024/11/04 00:00:00+00", "WORKDESC": "New", "SUBDESC": "Attached Deck",
            "FOLDERSTATUSDESC": "Issued",
        ],
        ["ISSUEDATE": "2025/07/30 00:00:00+00", "WORKDESC": "New (No ZC Reqd)", "FOLDERSTATUSDESC": "Final"],
    ]

    private func rows(_ directory: URL) throws -> [String] {
        try SQLiteShell.run(Sample.file(directory), "SELECT * FROM calendar ORDER BY subject")
            .split(separator: "\n").map(String.init)
    }

    @Test func aPermitIsOneLineThatAnybodyCanRead() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, Self.permit[0]))])
            #expect(
                try rows(directory) == [
                    "permit/24-019651|New: Attached Deck|SO Other Single Detached Dwelling|1268 ABBEY CRT.|2024-11-04||"
                        + "Issued|0190792228000001-core|2024-07-03T15:06:40Z||"
                ]
            )
            _ = try await replica.merge([Arrival(try Sample.event(2, Self.permit[1]))])
            #expect(
                try rows(directory) == [
                    "permit/24-019651|New (No ZC Reqd): Attached Deck|SO Other Single Detached Dwelling|1268 ABBEY CRT."
                        + "|2025-07-30||Final|0190792228000002-core|2024-07-03T15:06:40Z||"
                ]
            )
            let columns = try SQLiteShell.run(
                Sample.file(directory), "SELECT group_concat(name) FROM pragma_table_info('calendar')")
            #expect(columns == "subject,title,what,place,starts,ends,status,version,updated_at,refused,refused_by")
        }
    }

    @Test func aDeletedRecordLeavesTheCalendarAndAnotherComesBack() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(1, Self.permit[0]))])
            _ = try await replica.merge([Arrival(try Sample.event(2, [:], operation: .delete))])
            #expect(try rows(directory).isEmpty)
            let record = try SQLiteShell.run(
                Sample.file(directory), "SELECT subject, deleted, data IS NULL FROM records")
            #expect(record == "permit/24-019651|1|1")
            _ = try await replica.merge([Arrival(try Sample.event(3, ["WORKDESC": "New"]))])
            #expect(try rows(directory).count == 1)
        }
    }

    @Test func aRecordOfAnotherKindHasNoEntry() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let answers = try await replica.merge([Arrival(try Sample.event(1, ["TITLE": "x"], type: "policy.started"))]
            )
            #expect(answers == [Acceptance(.applied)])
            #expect(try rows(directory).isEmpty)
        }
    }

    /// Apart or in one batch: the entry that could be made last stays, and only the event that broke it is refused.
    @Test(arguments: [false, true])
    func aRefusedRecordKeepsItsFormerEntry(inOneBatch: Bool) async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let arrivals = [
                Arrival(try Sample.event(1, Self.permit[0])),
                Arrival(try Sample.event(2, ["ISSUEDATE": "soon", "WORKDESC": "Renovation"])),
            ]
            var answers: [Acceptance] = []
            for batch in inOneBatch ? [arrivals] : arrivals.map({ [$0] }) { answers += try await replica.merge(batch) }
            #expect(answers.map(\.outcome) == [.applied, .applied])
            #expect(answers.map { $0.refusal == nil } == [true, false])
            #expect(answers[1].refusal?.contains("soon") == false, "no contents in a reason")
            let line = try #require(try rows(directory).first)
            #expect(line.hasPrefix("permit/24-019651|New: Attached Deck|"))
            #expect(line.contains("|2024-11-04|") && line.contains("0190792228000001-core"))
            let data = try SQLiteShell.run(Sample.file(directory), "SELECT data ->> 'WORKDESC' FROM records")
            #expect(data == "Renovation")
            let statistics = try await OfficeReader(path: Sample.file(directory)).statistics()
            #expect(statistics.refused == 1)
        }
    }
}
