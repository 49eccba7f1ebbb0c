import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import Logging

/// What the tests of this module share: permits of a city, and replicas to put them into.
enum Sample {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    /// 2024-07-03T15:06:40Z.
    static let milliseconds: Int64 = 1_720_019_200_000
    static let now = WallClock { Timestamp(microseconds: (milliseconds + 250) * 1000) }

    static func mappings() throws -> [CalendarMapping] {
        [
            CalendarMapping(
                match: try TopicPattern("permit.*"),
                title: try Template("{WORKDESC}: {SUBDESC}"),
                what: try Template("{FOLDERTYPE}"),
                place: try Template("{ADDRESS}"),
                starts: try Template("{ISSUEDATE}"),
                status: try Template("{FOLDERSTATUSDESC}")
            )
        ]
    }

    static func replica(
        _ directory: URL,
        _ name: String = "ward-1",
        calendar: [CalendarMapping]? = nil,
        clock: WallClock = now,
        busyTimeout: Duration = .milliseconds(50),
        safetyLook: Duration = .seconds(5)
    ) throws -> SQLiteReplica {
        try SQLiteReplica(
            path: file(directory, name),
            office: try OfficeName("ward-1"),
            calendar: try calendar ?? mappings(),
            clock: clock,
            busyTimeout: busyTimeout,
            safetyLook: safetyLook,
            logger: quiet
        )
    }

    static func file(_ directory: URL, _ name: String = "ward-1") -> String {
        directory.appending(path: "\(name).sqlite").path
    }

    static func event(
        _ step: Int,
        _ data: JSONObject,
        operation: EventOperation = .merge,
        type: String = "permit.issued",
        number: String = "24-019651",
        milliseconds: Int64 = milliseconds
    ) throws -> Event {
        let origin = try Origin("core")
        return Event(
            id: try EventID("\(number)-\(step)"),
            source: origin,
            type: try EventType(type),
            subject: try Subject("permit/\(number)"),
            time: Timestamp(microseconds: milliseconds * 1000),
            version: Version(reading: ClockReading(UInt64(milliseconds) << 16 + UInt64(step)), origin: origin),
            operation: operation,
            data: data
        )
    }

    /// The registers of all records as they stand in a file, by subject.
    static func contents(_ path: String) throws -> [Subject: [UInt8]] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let rows = try queue.read { db in try Row.fetchAll(db, sql: "SELECT subject, registers FROM records") }
        var contents: [Subject: [UInt8]] = [:]
        for row in rows {
            let registers: Data = row[1]
            contents[try Subject(row[0] as String)] = [UInt8](registers)
        }
        return contents
    }
}

/// What a call that must fail threw.
func failure(_ body: () async throws -> Void) async -> LockstepError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? LockstepError
    }
}
