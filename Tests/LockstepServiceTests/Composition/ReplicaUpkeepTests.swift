import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging
import Testing

@testable import LockstepService

/// A worker's replica forgets once an hour what only old changes could need.
@Suite(.timeLimit(.minutes(1)))
struct ReplicaUpkeepTests {
    private static let day: Int64 = 86_400_000
    private static let start: Int64 = 1_720_000_000_000

    private static func arrival(
        _ step: Int, _ number: String, _ operation: EventOperation = .merge, day: Int64
    ) throws -> Arrival {
        let (origin, milliseconds) = (try Origin("core"), start + day * Self.day)
        return Arrival(
            Event(
                id: try EventID("\(number)-\(step)"), source: origin, type: try EventType("permit.issued"),
                subject: try Subject("permit/\(number)"), time: Timestamp(microseconds: milliseconds * 1_000),
                version: Version(reading: ClockReading(UInt64(milliseconds) << 16 + UInt64(step)), origin: origin),
                operation: operation, data: operation == .delete ? [:] : ["STATUS": "Issued"]))
    }

    private static func replica(_ directory: URL) throws -> SQLiteReplica {
        try SQLiteReplica(
            path: directory.appending(path: "ward-3.sqlite").path, office: try OfficeName("ward-3"), calendar: [],
            clock: WallClock { Timestamp(microseconds: (start + 200 * day) * 1_000) },
            logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
    }

    /// How many records there are, and of how many deleted ones something is left.
    private static func counts(_ directory: URL) async throws -> [Int] {
        let statistics = try await OfficeReader(path: directory.appending(path: "ward-3.sqlite").path).statistics()
        return [statistics.records, statistics.deleted]
    }

    @Test func whatIsLeftOfADeletedRecordGoesWithinTheHour() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Self.replica(directory)
            _ = try await replica.merge([
                Self.arrival(1, "1", day: 0), Self.arrival(2, "1", .delete, day: 1), Self.arrival(3, "2", day: 190),
            ])
            let clock = ManualClock()
            let upkeep = ReplicaUpkeep(
                replica: replica, age: .seconds(90 * 86_400),
                logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }, clock: clock)
            let work = Task { await upkeep.run() }
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(3_599))
            #expect(try await Self.counts(directory) == [1, 1])
            clock.advance(by: .seconds(1))
            // It sleeps again when it has gone through all of them.
            await clock.sleepers(atLeast: 1)
            #expect(try await Self.counts(directory) == [1, 0])
            work.cancel()
            await work.value
        }
    }
}
