import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BookingTests {
    private static let changesThatFree: [(String, JSONObject, EventOperation)] = [
        ("cancelled", ["status": "Cancelled"], .merge),
        ("deleted", [:], .delete),
        ("moved", ["from": "2024-04-01T13:00", "to": "2024-04-01T14:00"], .merge),
        ("given to another", ["inspector": "Kim"], .merge),
        ("spoilt", ["to": "2024-04-01T09:00"], .merge),
    ]

    private func refusals(_ directory: URL) throws -> [String] {
        try SQLiteShell.run(
            Sample.file(directory),
            "SELECT subject, winner FROM bookings WHERE refused ORDER BY subject"
        ).split(separator: "\n").map(String.init)
    }

    private func take(_ events: Event..., into replica: SQLiteReplica) async throws {
        _ = try await replica.merge(events.map { Arrival($0) })
    }

    @Test func theCalendarSaysWhoHasTheSlot() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try BookingSample.replica(directory)
            try await take(try BookingSample.booking(2, "late", 10..<12), into: replica)
            #expect(try refusals(directory) == [])
            // What came later was booked earlier.
            try await take(try BookingSample.booking(1, "early", 11..<13, by: "ward-3"), into: replica)
            #expect(try refusals(directory) == ["booking/late|booking/early"])

            let entries = try await BookingSample.reader(directory).calendar()
            #expect(entries.map(\.subject.text) == ["booking/late", "booking/early"])
            #expect(entries[0].refusedBy?.text == "booking/early")
            #expect(
                entries[0].refused
                    == "booking/early has Lee from 2024-04-01T15:00:00Z to 2024-04-01T17:00:00Z; its claim is older "
                    + "(0000000000000001-ward-3)")
            #expect(entries[1].refused == nil && entries[1].refusedBy == nil)
            let statistics = try await BookingSample.reader(directory).statistics()
            #expect(statistics.bookings == 2 && statistics.refusedBookings == 1)
            let stored = try #require(try await BookingSample.reader(directory).booking(try Subject("booking/late")))
            #expect(stored.isRefused && stored.winner?.text == "booking/early" && stored.resource.text == "Lee")
        }
    }

    /// Cancelled, deleted, moved in time, moved to another inspector: each frees the slot.
    @Test(arguments: changesThatFree)
    func aFreedSlotGoesToTheNext(how: String, data: JSONObject, operation: EventOperation) async throws {
        try await withTemporaryDirectory { directory in
            let replica = try BookingSample.replica(directory)
            try await take(
                try BookingSample.booking(1, "first", 10..<11, by: "ward-3"),
                try BookingSample.booking(2, "next", 10..<12), try BookingSample.booking(3, "last", 11..<12),
                into: replica)
            #expect(try refusals(directory) == ["booking/next|booking/first"])
            try await take(
                try BookingSample.event(4, "first", data, by: "ward-3", operation: operation), into: replica)
            let left = try refusals(directory).filter { !$0.hasPrefix("booking/first") }
            #expect(left == ["booking/last|booking/next"], "\(how)")
            #expect(
                try BookingSample.notices(directory, "winner") == [
                    "lockstep.booking.refused|booking/next|booking/first",
                    "lockstep.booking.refused|booking/last|booking/next",
                    "lockstep.booking.stands|booking/next|",
                ])
        }
    }

    @Test func aChangedNoteLosesNothingAndAMoveQueuesUp() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try BookingSample.replica(directory)
            try await take(
                try BookingSample.booking(1, "a", 10..<12), try BookingSample.booking(2, "b", 11..<13), into: replica)
            try await take(try BookingSample.event(5, "a", ["note": "bring boots"]), into: replica)
            #expect(try refusals(directory) == ["booking/b|booking/a"])
            try await take(try BookingSample.event(6, "a", ["to": "2024-04-01T12:30"]), into: replica)
            #expect(try refusals(directory) == ["booking/a|booking/b"])
        }
    }

    /// Only the office whose change made the claim is told; and only of news.
    @Test func noticesAreForTheOfficeThatClaimed() async throws {
        try await withTemporaryDirectory { directory in
            let events = [
                try BookingSample.booking(1, "a", 10..<12, by: "core"),
                try BookingSample.booking(2, "b", 11..<13, by: "ward-3"),
            ]
            for office in ["ward-1", "ward-3"] {
                let replica = try BookingSample.replica(directory, office)
                for event in events + events { try await take(event, into: replica) }
                let told = ["lockstep.booking.refused|booking/b|booking/a"]
                #expect(try BookingSample.notices(directory, of: office, "winner") == (office == "ward-3" ? told : []))
            }
            #expect(try BookingSample.verdicts(directory, "ward-1") == BookingSample.verdicts(directory, "ward-3"))
        }
    }

    /// A span that is none is refused without a winner, and keeps nobody out.
    @Test func aReversedSpanIsRefusedAndClaimsNothing() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try BookingSample.replica(directory)
            try await take(
                try BookingSample.event(
                    1, "none", ["inspector": "Lee", "from": "2024-04-01T10:00", "to": "2024-04-01T10:00"]),
                try BookingSample.booking(2, "b", 9..<11), into: replica)
            #expect(try refusals(directory) == ["booking/none|"])
            let entries = try await BookingSample.reader(directory).calendar()
            #expect(entries.compactMap(\.refused) == ["it does not end after it starts"])
            #expect(
                try BookingSample.notices(directory, "reason") == [
                    "lockstep.booking.refused|booking/none|it does not end after it starts"
                ])
        }
    }

    /// A booking of a month may start long before the time that it takes.
    @Test func longBookingsAreFound() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try BookingSample.replica(directory)
            try await take(
                try BookingSample.event(1, "leave", ["inspector": "Lee", "from": "2024-03-15", "to": "2024-04-14"]),
                try BookingSample.event(2, "day", ["inspector": "Lee", "from": "2024-03-20"]), into: replica)
            try await take(try BookingSample.booking(3, "visit", 9..<11), into: replica)
            #expect(try refusals(directory) == ["booking/day|booking/leave", "booking/visit|booking/leave"])
        }
    }

    @Test func allIsJudgedAnewWhenTheConfigurationChanges() async throws {
        try await withTemporaryDirectory { directory in
            let events = [
                try BookingSample.event(1, "day", ["inspector": "Lee", "from": "2024-04-01"]),
                try BookingSample.event(
                    2, "night", ["inspector": "Lee", "from": "2024-04-02T01:00:00Z", "to": "2024-04-02T02:00:00Z"]),
            ]
            var plain = try BookingSample.mapping()
            plain.booking = nil
            let first = try BookingSample.replica(directory, calendar: [plain])
            _ = try await first.merge(events.map { Arrival($0) })
            #expect(try BookingSample.verdicts(directory) == "")
            try first.close()
            // In New York it is still the evening of that day.
            try BookingSample.replica(directory).close()
            #expect(try refusals(directory) == ["booking/night|booking/day"])
            try BookingSample.replica(directory, calendar: [try BookingSample.mapping(zone: "Europe/Dublin")]).close()
            #expect(try refusals(directory) == [])
            try BookingSample.replica(directory).close()
            #expect(try refusals(directory) == ["booking/night|booking/day"])
            try BookingSample.replica(directory, calendar: [plain]).close()
            #expect(try BookingSample.verdicts(directory) == "")
            #expect(try await BookingSample.reader(directory).calendar().allSatisfy { $0.refused == nil })
        }
    }

    /// Not all of a resource's bookings are read to find the few that overlap.
    @Test func overlapsAreSearchedByIndex() async throws {
        try await withTemporaryDirectory { directory in
            try BookingSample.replica(directory).close()
            let plan = try SQLiteShell.run(
                Sample.file(directory),
                """
                EXPLAIN QUERY PLAN SELECT subject FROM bookings WHERE resource = 'Lee' AND starts < 9 AND ends > 8
                AND starts > 8 - (SELECT max(ends - starts) FROM bookings WHERE resource = 'Lee')
                """)
            #expect(plan.contains("bookings_by_start (resource=? AND starts>? AND starts<?)"), "\(plan)")
            #expect(plan.contains("bookings_by_length (resource=?)"), "\(plan)")
        }
    }
}
