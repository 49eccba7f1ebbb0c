import Foundation
import Lockstep
import LockstepSQLite

/// Bookings of inspectors, and replicas to put them into.
enum BookingSample {
    static func mapping(zone: String = "America/New_York") throws -> CalendarMapping {
        CalendarMapping(
            match: try TopicPattern("booking.*"), title: try Template("{inspector}"), starts: try Template("{from}"),
            ends: try Template("{to}"), status: try Template("{status}"), timeZone: try TimeZoneRules(named: zone),
            booking: BookingMapping(resource: try Template("{inspector}"), cancelled: ["Cancelled"]))
    }

    static func replica(
        _ directory: URL, _ office: String = "ward-1", calendar: [CalendarMapping]? = nil
    ) throws -> SQLiteReplica {
        try SQLiteReplica(
            path: Sample.file(directory, office), office: try OfficeName(office),
            calendar: try calendar ?? [mapping()], clock: Sample.now, logger: Sample.quiet)
    }

    static func reader(_ directory: URL, _ office: String = "ward-1") throws -> OfficeReader {
        try OfficeReader(path: Sample.file(directory, office))
    }

    /// An event about `booking/NAME`, whose version reads `step`.
    static func event(
        _ step: UInt64, _ name: String, _ data: JSONObject, by origin: String = "ward-1",
        operation: EventOperation = .merge, seen: Seen = .nothing
    ) throws -> Event {
        let origin = try Origin(origin)
        return Event(
            id: try EventID("\(name)-\(step)-\(origin)"), source: origin, type: try EventType("booking.made"),
            subject: try Subject("booking/\(name)"), time: Timestamp(microseconds: 0),
            version: Version(reading: ClockReading(step), origin: origin), seen: seen, operation: operation, data: data)
    }

    /// A booking of Lee on 2024-04-01, from one hour to another.
    static func booking(
        _ step: UInt64, _ name: String, _ hours: Range<Int>, by origin: String = "ward-1", of inspector: String = "Lee"
    ) throws -> Event {
        try event(step, name, times(hours).merging(["inspector": JSONText(string: inspector)]), by: origin)
    }

    static func times(_ hours: Range<Int>) -> JSONObject {
        func time(_ hour: Int) -> JSONText { JSONText(string: "2024-04-01T\(hour < 10 ? "0" : "")\(hour):00") }
        return ["from": time(hours.lowerBound), "to": time(hours.upperBound)]
    }

    /// What the office publishes about its own claims, the oldest first, a line each: type, record, and one thing more.
    static func notices(_ directory: URL, of office: String = "ward-1", _ field: String) throws -> [String] {
        try SQLiteShell.run(
            Sample.file(directory, office),
            """
            SELECT type, data ->> 'record', coalesce(data ->> '\(field)', '') FROM lockstep_outbox
            WHERE subject = 'booking-notice/\(office)/' || (data ->> 'record') ORDER BY position
            """
        ).split(separator: "\n").map(String.init)
    }

    /// All verdicts as they stand in the file, a line each: subject, refused, winner, reason.
    static func verdicts(_ directory: URL, _ office: String = "ward-1") throws -> String {
        try SQLiteShell.run(
            Sample.file(directory, office),
            "SELECT subject, resource, starts, ends, claim, refused, winner, reason FROM bookings ORDER BY subject")
    }
}

extension JSONObject {
    fileprivate func merging(_ other: JSONObject) -> JSONObject {
        JSONObject((fields + other.fields).map { ($0.name, $0.value) })
    }
}
