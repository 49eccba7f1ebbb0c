import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// A replica forgets what only old changes could need, and takes in no such change afterwards.
@Suite(.timeLimit(.minutes(1)))
struct ReplicaCompactionTests {
    private static let age = Duration.seconds(90 * 86_400)

    private static func daysAgo(_ days: Int64) -> Int64 { Sample.milliseconds - days * 86_400_000 }

    private static func event(
        _ step: Int, _ data: JSONObject, _ operation: EventOperation = .merge, number: String, days: Int64
    ) throws -> Arrival {
        Arrival(try Sample.event(step, data, operation: operation, number: number, milliseconds: daysAgo(days)))
    }

    /// A living record and one that was deleted 95 days ago.
    private static func old() throws -> [Arrival] {
        [
            try event(1, ["WORKDESC": "New"], number: "1", days: 100),
            try event(1, ["WORKDESC": "New"], number: "2", days: 100),
            try event(2, [:], .delete, number: "2", days: 95),
        ]
    }

    private static func subjects(_ directory: URL) throws -> [String] {
        try SQLiteShell.run(Sample.file(directory), "SELECT subject FROM records ORDER BY subject")
            .split(separator: "\n").map(String.init)
    }

    @Test func whatIsLeftOfADeletedRecordGoesWithTime() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge(Self.old() + [Self.event(1, ["WORKDESC": "New"], number: "3", days: 0)])
            let step = try await replica.compact(keeping: Self.age)
            #expect(step == CompactionStep(forgotten: 1))
            #expect(try Self.subjects(directory) == ["permit/1", "permit/3"])
        }
    }

    @Test func anOlderChangeIsRefusedAfterwardsAlsoAfterARestart() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let old = try Self.old()
            _ = try await replica.merge(old + [Self.event(1, ["WORKDESC": "New"], number: "3", days: 0)])
            _ = try await replica.compact(keeping: Self.age)
            try replica.close()
            let again = try Sample.replica(directory)
            let answers = try await again.merge(old + [Self.event(2, ["WORKDESC": "Old"], number: "1", days: 89)])
            #expect(answers.map { $0.refusal == nil } == [false, false, false, true])
            #expect(answers[0].refusal?.contains("limits: age") == true)
            #expect(try Self.subjects(directory) == ["permit/1", "permit/3"])
        }
    }

    /// It still has to take in what waits in its queue.
    @Test func anOfficeThatWasAwayForgetsNothingBeforeItHasCaughtUp() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await replica.merge(Self.old())
            #expect(try await replica.compact(keeping: Self.age) == CompactionStep())
            let ahead = try Self.event(1, ["WORKDESC": "New"], number: "4", days: -400)
            let late = try Self.event(3, ["WORKDESC": "Late"], number: "1", days: 93)
            #expect(try await replica.merge([ahead, late]).map(\.refusal) == [nil, nil])
            #expect(try await replica.compact(keeping: Self.age) == CompactionStep(), "a fast clock hurries nothing")
        }
    }

    @Test func smallStepsGoThroughAllRecordsAndLeaveTheBytesThatTheDomainSays() async throws {
        try await withTemporaryDirectory { directory in
            var generator = SeededGenerator(seed: 7)
            let events = try RecordHistory(events: 60, records: 12, using: &generator).events
            let end = Timestamp(microseconds: 1_700_000_000_000_000 + 400 * 86_400_000_000)
            let replica = try Sample.replica(directory, calendar: [], clock: WallClock { end })
            _ = try await replica.merge(events.map { Arrival($0) })
            let newest = Arrival(try Sample.event(1, [:], number: "0", milliseconds: end.milliseconds - 1))
            _ = try await replica.merge([newest])
            let horizon = try #require(ClockReading(at: Timestamp(microseconds: end.microseconds - 1000), counter: 1))
            let bits = horizon.milliseconds - 90 * 86_400_000
            var expected: [Subject: [UInt8]] = [:]
            let before = try Sample.contents(Sample.file(directory))
            for (subject, bytes) in before {
                let record = try Record(subject: subject, encoded: bytes)
                    .compacted(before: ClockReading(UInt64(bits) << 16))
                if !record.isForgotten { expected[subject] = record.encoded() }
            }
            var (steps, last) = (0, Subject?.none)
            repeat {
                last = try await replica.compact(keeping: Self.age, after: last, limit: 5).last
                steps += 1
            } while last != nil
            #expect(steps > 2)
            let contents = try Sample.contents(Sample.file(directory))
            #expect(contents == expected)
            #expect(contents != before)
            #expect(
                try await replica.compact(keeping: Self.age, limit: 100) == CompactionStep(), "again changes nothing")
        }
    }
}
