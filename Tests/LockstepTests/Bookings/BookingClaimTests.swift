import Lockstep
import Testing

struct BookingClaimTests {
    private static let data: JSONObject = [
        "inspector": "Lee", "from": "2024-04-01T10:00", "to": "2024-04-01T11:00", "status": "Planned", "note": "Deck",
    ]

    private func claim(_ changes: [RecordChange], zone: String = "America/New_York") throws -> BookingClaim {
        BookingSample.claim(of: try BookingSample.record("1", changes), by: try BookingSample.mapping(zone: zone))
    }

    private func change(
        _ reading: UInt64, _ data: JSONObject, by origin: String = "core", _ operation: EventOperation = .merge
    ) throws -> RecordChange {
        RecordChange(
            version: try Sample.version(reading, origin), operation: operation, data: data,
            type: try EventType("booking.made"))
    }

    private func booking(_ claim: BookingClaim) throws -> Booking {
        guard case .booking(let booking) = claim else {
            throw BrokenRule(rule: "no booking but \(claim)", location: #_sourceLocation)
        }
        return booking
    }

    @Test func localTimesAreOfTheMappingsZone() throws {
        let booking = try booking(try claim([change(1, Self.data)]))
        #expect(booking.resource == BookingResource("Lee"))
        #expect(booking.span.description == "from 2024-04-01T14:00:00Z to 2024-04-01T15:00:00Z")
        #expect(booking.claim == (try Sample.version(1)))
    }

    /// Start and end as written, and what is taken, in New York.
    @Test(arguments: [
        // Offsets count as they stand; midnight UTC is a moment, not a day.
        ("2024-04-01T10:00:00-07:00", "2024-04-01T18:30Z", "from 2024-04-01T17:00:00Z to 2024-04-01T18:30:00Z"),
        ("2024-04-02T00:00:00Z", "2024-04-02T01:00:00Z", "from 2024-04-02T00:00:00Z to 2024-04-02T01:00:00Z"),
        // Days are whole, in summer, in spring and in autumn.
        ("2024-04-01", "", "from 2024-04-01T04:00:00Z to 2024-04-02T04:00:00Z"),
        ("2024-04-01", "2024-04-03", "from 2024-04-01T04:00:00Z to 2024-04-04T04:00:00Z"),
        ("2024-04-01", "2024-04-01", "from 2024-04-01T04:00:00Z to 2024-04-02T04:00:00Z"),
        ("2024/03/10", "", "from 2024-03-10T05:00:00Z to 2024-03-11T04:00:00Z"),
        ("2024-11-03", "", "from 2024-11-03T04:00:00Z to 2024-11-04T05:00:00Z"),
        ("2024-04-01", "2024-04-01T12:00", "from 2024-04-01T04:00:00Z to 2024-04-01T16:00:00Z"),
        // Over the hour that is skipped, and over the one that comes twice.
        ("2024-03-10T01:30", "2024-03-10T03:30", "from 2024-03-10T06:30:00Z to 2024-03-10T07:30:00Z"),
        ("2024-11-03T00:30", "2024-11-03T02:30", "from 2024-11-03T04:30:00Z to 2024-11-03T07:30:00Z"),
        ("2024-11-03T01:30-04:00", "2024-11-03T01:30-05:00", "from 2024-11-03T05:30:00Z to 2024-11-03T06:30:00Z"),
    ])
    func readsSpans(from: String, to: String, span: String) throws {
        var data = Self.data
        data["from"] = JSONText(string: from)
        data["to"] = JSONText(string: to)
        #expect(try booking(try claim([change(1, data)])).span.description == span)
    }

    @Test(arguments: [
        ("2024-04-01T10:00", "2024-04-01T10:00", "it does not end after it starts"),
        ("2024-04-01T10:00", "2024-04-01T09:00", "it does not end after it starts"),
        ("2024-04-01T10:00-04:00", "2024-04-01T14:00Z", "it does not end after it starts"),
        ("2024-04-02", "2024-04-01", "it does not end after it starts"),
        // The hour that is skipped has the length that clocks give it: none.
        ("2024-03-10T02:30", "2024-03-10T03:30", "it does not end after it starts"),
        ("2024-04-01T10:00", "", "it has no end; give it one, or book a whole day"),
        ("secret", "2024-04-01", "its start is not a date; it needs a form like 2024-04-01T10:00"),
        ("2024-04-01", "secret", "its end is not a date; it needs a form like 2024-04-01T11:00"),
    ])
    func refusesWhatIsNoTime(from: String, to: String, reason: String) throws {
        var data = Self.data
        data["from"] = JSONText(string: from)
        data["to"] = JSONText(string: to)
        #expect(
            try claim([change(1, data)])
                == .unusable(resource: BookingResource("Lee"), claim: Sample.version(1), reason: reason))
    }

    @Test func whatIsNotSettledOrGoneClaimsNothing() throws {
        for gap: JSONObject in [
            ["inspector": .null], ["inspector": "  "], ["from": .null], ["status": "Cancelled"],
            ["status": " Withdrawn "],
        ] {
            #expect(try claim([change(1, Self.data), change(2, gap)]) == .nothing, "\(gap)")
        }
        #expect(try claim([change(1, Self.data), change(2, [:], .delete)]) == .nothing)
        #expect(try claim([change(1, Self.data), change(2, ["status": "cancelled"])]) != .nothing)
        var other = try BookingSample.mapping()
        other.booking = nil
        let record = try BookingSample.record("1", [change(1, Self.data)])
        #expect(BookingSample.claim(of: record, by: other) == .nothing)
    }

    @Test func onlyAMoveIsANewClaim() throws {
        let made = try change(1, Self.data)
        #expect(try booking(try claim([made, change(9, ["note": "x", "status": "Done"])])).claim == Sample.version(1))
        let moves: [JSONObject] = [
            ["inspector": "Kim"], ["from": "2024-04-01T09:00"], ["to": "2024-04-01T12:00"],
        ]
        for move in moves {
            #expect(try booking(try claim([made, change(5, move)])).claim == Sample.version(5), "\(move)")
        }
        #expect(
            try booking(
                try claim([made, change(5, ["from": "2024-04-01T09:00"]), change(3, ["to": "2024-04-01T12:00"])])
            )
            .claim == Sample.version(5))
        // Cancelled and taken up again, it is the claim that it was.
        #expect(
            try booking(try claim([made, change(5, ["status": "Cancelled"]), change(7, ["status": "Planned"])])).claim
                == Sample.version(1))
    }

    /// Two moves that did not know of each other: the claim is that of the one that shows.
    @Test func inAConflictTheClaimIsWhatShows() throws {
        let record = try BookingSample.record(
            "1",
            [
                change(1, Self.data), change(5, ["from": "2024-04-01T09:00"], by: "ward-1"),
                change(8, ["from": "2024-04-01T08:00"], by: "ward-3"),
            ])
        let mapping = try BookingSample.mapping()
        #expect(try booking(BookingSample.claim(of: record, by: mapping)).claim == Sample.version(8, "ward-3"))
        let policy = ConflictPolicy(OldestWins())
        let claim = try booking(mapping.claim(of: record, shown: record.shown(by: policy), by: policy))
        #expect(claim.claim == (try Sample.version(1)))
        #expect(claim.span.starts.rfc3339 == "2024-04-01T14:00:00Z")
    }

    private struct OldestWins: ConflictResolver {
        func choose(among values: [Register.Value], of field: String) -> Register.Value { values[0] }
    }

    @Test func aNoticeIsARecordOfItsOwn() throws {
        let booking = try BookingSample.booking("7", 10..<11, at: 5, by: "ward-1")
        let notice = BookingNotice(
            subject: booking.subject, resource: booking.resource, span: booking.span, claim: booking.claim,
            state: .refused, winner: try Subject("booking/3"), reason: "because")
        #expect(notice.isOf(try OfficeName("ward-1")))
        #expect(!notice.isOf(try OfficeName("ward-3")))
        let draft = try notice.draft()
        #expect(
            draft.type.text == "lockstep.booking.refused" && draft.subject.text == "booking-notice/ward-1/booking/7")
        #expect(draft.operation == .replace)
        #expect(
            draft.data == [
                "record": "booking/7", "resource": "Lee", "claim": "0000000000000005-ward-1", "state": "refused",
                "starts": "1970-01-01T10:00:00Z", "ends": "1970-01-01T11:00:00Z", "winner": "booking/3",
                "reason": "because",
            ])
    }
}
