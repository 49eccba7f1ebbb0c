import Lockstep
import LockstepTesting
import Testing

/// Bookings in few words.
enum BookingSample {
    /// A booking of so many hours' start and end, claimed at a reading.
    static func booking(
        _ name: String, _ hours: Range<Int64>, at reading: UInt64, by origin: String = "core",
        of resource: String = "Lee"
    ) throws -> Booking {
        guard
            let span = BookingSpan(
                from: Timestamp(microseconds: hours.lowerBound * 3_600_000_000),
                to: Timestamp(microseconds: hours.upperBound * 3_600_000_000))
        else { throw BrokenRule(rule: "an empty span", location: #_sourceLocation) }
        return Booking(
            subject: try Subject("booking/\(name)"), resource: BookingResource(resource), span: span,
            claim: try Sample.version(reading, origin))
    }

    static func mapping(zone: String = "America/New_York") throws -> CalendarMapping {
        CalendarMapping(
            match: try TopicPattern("booking.*"), title: try Template("{note}"), starts: try Template("{from}"),
            ends: try Template("{to}"), status: try Template("{status}"), timeZone: try TimeZoneRules(named: zone),
            booking: BookingMapping(resource: try Template("{inspector}"), cancelled: ["Cancelled", "Withdrawn"]))
    }

    /// A record that took these changes in.
    static func record(_ name: String, _ changes: [RecordChange]) throws -> Record {
        var record = Record(subject: try Subject("booking/\(name)"))
        for change in changes { record.merge(change) }
        return record
    }

    static func claim(of record: Record, by mapping: CalendarMapping) -> BookingClaim {
        mapping.claim(of: record, shown: record.shown(by: .newest), by: .newest)
    }
}

/// The rule once more, in other words than the code's: nothing is sorted; each is asked for, from the oldest claim on.
struct ModelRule {
    private var standing: [Booking] = []
    private(set) var refused: [Subject: Subject] = [:]

    var standingSubjects: Set<Subject> { Set(standing.map(\.subject)) }

    init(_ bookings: [Booking]) {
        var left = bookings
        while let oldest = left.indices.min(by: { isOlder(left[$0], left[$1]) }) {
            let booking = left.remove(at: oldest)
            let inTheWay = standing.filter { overlap($0, booking) }
            guard let winner = inTheWay.min(by: isOlder) else {
                standing.append(booking)
                continue
            }
            refused[booking.subject] = winner.subject
        }
    }

    private func isOlder(_ left: Booking, _ right: Booking) -> Bool {
        if left.claim.reading != right.claim.reading { return left.claim.reading < right.claim.reading }
        if left.claim.origin != right.claim.origin { return left.claim.origin < right.claim.origin }
        return left.subject < right.subject
    }

    private func overlap(_ left: Booking, _ right: Booking) -> Bool {
        let common =
            max(
                left.span.starts, right.span.starts)..<max(
                max(left.span.starts, right.span.starts), min(left.span.ends, right.span.ends))
        return left.resource == right.resource && !common.isEmpty
    }
}
