import Lockstep
import LockstepTesting
import Testing

struct BookingRuleTests {
    private func refusals(_ bookings: [Booking]) -> [String: String] {
        var refusals: [String: String] = [:]
        for (subject, verdict) in BookingRule.judge(bookings) {
            guard case .refused(let winner) = verdict else { continue }
            refusals[subject.text] = winner.subject.text
        }
        return refusals
    }

    @Test func theOldestClaimStands() throws {
        let bookings = [
            try BookingSample.booking("a", 10..<12, at: 7), try BookingSample.booking("b", 11..<13, at: 5),
            try BookingSample.booking("c", 9..<11, at: 9),
        ]
        #expect(refusals(bookings) == ["booking/a": "booking/b"])
        #expect(refusals(bookings.reversed()) == ["booking/a": "booking/b"])
    }

    @Test func halfOpenSpansTouchWithoutOverlapping() throws {
        let (first, second) = (
            try BookingSample.booking("a", 10..<11, at: 1), try BookingSample.booking("b", 11..<12, at: 2)
        )
        #expect(!first.overlaps(second) && !second.overlaps(first))
        #expect(refusals([first, second]) == [:])
        // The later one claimed first.
        #expect(refusals([first, try BookingSample.booking("b", 11..<12, at: 0)]) == [:])
    }

    @Test func anotherResourceIsNobodysBusiness() throws {
        let bookings = [
            try BookingSample.booking("a", 10..<12, at: 1), try BookingSample.booking("b", 10..<12, at: 2, of: "lee"),
            // Canonically the same, in other bytes.
            try BookingSample.booking("c", 10..<12, at: 3, of: "Ren\u{E9}"),
            try BookingSample.booking("d", 10..<12, at: 4, of: "Rene\u{301}"),
        ]
        #expect(refusals(bookings) == [:])
    }

    /// A is in B's way and B in C's: B is refused, so it keeps C out of nothing.
    @Test func aRefusedBookingKeepsNobodyOut() throws {
        let chain = [
            try BookingSample.booking("a", 10..<12, at: 1), try BookingSample.booking("b", 11..<14, at: 2),
            try BookingSample.booking("c", 13..<15, at: 3),
        ]
        #expect(refusals(chain) == ["booking/b": "booking/a"])
        #expect(refusals(Array(chain.dropFirst())) == ["booking/c": "booking/b"], "a is gone: b stands, c does not")
    }

    @Test func ofSeveralInTheWayTheOldestIsNamed() throws {
        let bookings = [
            try BookingSample.booking("early", 8..<9, at: 2), try BookingSample.booking("late", 11..<12, at: 1),
            try BookingSample.booking("long", 8..<12, at: 3),
        ]
        let verdict = try #require(BookingRule.judge(bookings)[try Subject("booking/long")])
        #expect(verdict == .refused(winner: bookings[1]))
        #expect(
            verdict.reason
                == "booking/late has Lee from 1970-01-01T11:00:00Z to 1970-01-01T12:00:00Z; its claim is older "
                + "(0000000000000001-core)")
    }

    @Test func theOriginsNameDecidesWhereClocksReadTheSame() throws {
        let bookings = [
            try BookingSample.booking("a", 10..<12, at: 5, by: "ward-3"),
            try BookingSample.booking("b", 10..<12, at: 5, by: "ward-1"),
        ]
        #expect(refusals(bookings) == ["booking/a": "booking/b"])
    }

    @Test func thereIsNoEmptySpan() {
        let moment = Timestamp(microseconds: 5)
        #expect(BookingSpan(from: moment, to: moment) == nil)
        #expect(BookingSpan(from: moment, to: Timestamp(microseconds: 4)) == nil)
        #expect(BookingSpan(from: moment, to: Timestamp(microseconds: 6)) != nil)
    }

    @Test(.timeLimit(.minutes(5)))
    func anySetIsJudgedTheSameInAnyOrder() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var bookings: [Booking] = []
            for index in 0..<Int.random(in: 0...9, using: &generator) {
                let start = Int64.random(in: 0...20, using: &generator)
                bookings.append(
                    try BookingSample.booking(
                        "\(index)", start..<(start + .random(in: 1...6, using: &generator)),
                        at: .random(in: 0...30, using: &generator),
                        by: "ward-\(Int.random(in: 1...4, using: &generator))",
                        of: generator.chance(0.8) ? "Lee" : "Kim"))
            }
            let verdicts = BookingRule.judge(bookings)
            try demand(BookingRule.judge(bookings.shuffled(using: &generator)) == verdicts, "two orders differ")
            let model = ModelRule(bookings)
            for booking in bookings {
                switch verdicts[booking.subject] {
                case .stands?:
                    try demand(model.standingSubjects.contains(booking.subject), "\(booking.subject) should not stand")
                    for other in bookings where verdicts[other.subject] == .stands && other.subject != booking.subject {
                        try demand(!booking.overlaps(other), "two that stand overlap")
                    }
                case .refused(let winner)?:
                    try demand(model.refused[booking.subject] == winner.subject, "another winner than the model's")
                    try demand(verdicts[winner.subject] == .stands, "the winner does not stand")
                    try demand(booking.overlaps(winner), "the winner is not in the way")
                    try demand(winner.precedes(booking), "the winner came later")
                case nil: throw BrokenRule(rule: "no verdict", location: #_sourceLocation)
                }
            }
        }
    }
}
