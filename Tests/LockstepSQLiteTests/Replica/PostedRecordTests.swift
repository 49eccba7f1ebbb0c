import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite("Records that are posted to a replica", .timeLimit(.minutes(1)))
struct PostedRecordTests {
    private static func posted(
        _ step: Int, _ data: JSONObject?, sent: Int64 = 0, types: String? = "permit.issued"
    ) throws -> PostedRecord {
        var event = try Sample.event(
            step, data ?? [:], operation: data == nil ? .delete : .replace,
            type: data == nil ? PostedRecord.deletedType : PostedRecord.changedType)
        if let types { event.extensions = ["recordtypes": types] }
        return try #require(try PostedRecord(event, sentAt: Timestamp(microseconds: sent * 1_000_000)))
    }

    private static func shown(_ directory: URL) throws -> String {
        try SQLiteShell.run(Sample.file(directory), "SELECT data FROM records")
    }

    @Test("of all orders the newest state stays, whole")
    func newest() async throws {
        let states = [
            try Self.posted(1, ["a": 1, "b": 1]), try Self.posted(2, ["a": 2]), try Self.posted(3, ["a": 2, "c": 3]),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 2, 1], [0, 2, 0]] {
            try await withTemporaryDirectory { directory in
                let replica = try Sample.replica(directory)
                for index in order { _ = try await replica.keep([states[index]]) }
                #expect(try Self.shown(directory) == #"{"a":2,"c":3}"#, "\(order)")
            }
        }
    }

    @Test("what comes again changes nothing, and says so")
    func duplicates() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let state = try Self.posted(2, ["a": 2])
            #expect(try await replica.keep([state, state]).map(\.outcome) == [.applied, .duplicate])
            let before = try Sample.contents(Sample.file(directory))
            let again = try await replica.keep([state, try Self.posted(1, ["a": 1], sent: 9)])
            #expect(again.map(\.outcome) == [.duplicate, .superseded])
            #expect(try Sample.contents(Sample.file(directory)) == before)
        }
    }

    @Test("of two with the same version the one that was sent last stays")
    func sameVersion() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.keep([try Self.posted(2, ["a": 2], sent: 10)])
            _ = try await replica.keep([try Self.posted(2, ["a": 2, "late": 1], sent: 12)])
            #expect(try Self.shown(directory) == #"{"a":2,"late":1}"#)
            let late = try await replica.keep([try Self.posted(2, ["a": 2], sent: 11)])
            #expect(late.map(\.outcome) == [.superseded])
            #expect(try Self.shown(directory) == #"{"a":2,"late":1}"#)
        }
    }

    @Test("one that is deleted stays deleted until a newer one comes, and its types go on to count")
    func deleted() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let file = Sample.file(directory)
            _ = try await replica.keep([try Self.posted(1, ["WORKDESC": "New", "ISSUEDATE": "2024-11-04"])])
            #expect(try SQLiteShell.run(file, "SELECT starts FROM calendar") == "2024-11-04")
            _ = try await replica.keep([try Self.posted(3, nil), try Self.posted(2, ["WORKDESC": "New"])])
            #expect(try SQLiteShell.run(file, "SELECT count(*), max(deleted) FROM records") == "1|1")
            #expect(try SQLiteShell.run(file, "SELECT count(*) FROM calendar") == "0")
            _ = try await replica.keep([try Self.posted(4, ["WORKDESC": "New"], types: nil)])
            #expect(try SQLiteShell.run(file, "SELECT types FROM records") == "permit.issued")
            #expect(try SQLiteShell.run(file, "SELECT count(*) FROM calendar") == "1")
        }
    }

    @Test("what was merged from events gives way to a newer state, and not to an older one")
    func afterEvents() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge([Arrival(try Sample.event(2, ["a": 2, "b": 2]))])
            #expect(try await replica.keep([try Self.posted(1, ["a": 1])]).map(\.outcome) == [.superseded])
            #expect(try await replica.keep([try Self.posted(3, ["a": 3])]).map(\.outcome) == [.applied])
            #expect(try Self.shown(directory) == #"{"a":3}"#)
        }
    }

    @Test("an event of another type is none, and one that contradicts itself is refused")
    func others() throws {
        let moment = Timestamp(microseconds: 0)
        #expect(try PostedRecord(try Sample.event(1, ["a": 1]), sentAt: moment) == nil)
        let contradictory = try Sample.event(1, ["a": 1], operation: .merge, type: PostedRecord.changedType)
        #expect(throws: LockstepError.self) { try PostedRecord(contradictory, sentAt: moment) }
    }
}
