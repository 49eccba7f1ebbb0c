import Lockstep
import LockstepTesting
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-02-29T23:59:59.5Z", 1_709_251_199_500_000),
            ("2024-04-01T08:30:00-04:00", 1_711_974_600_000_000), ("1969-12-31T23:59:59.999999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("2024-04-01 00:00:00+00", 1_711_929_600_000_000),
        ] as [(String, Int64)])
    func readsRFC3339(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2024-04-01", "2024-04-01T08:30Z", "2024-04-01T08:30:00", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-04-01T24:00:00Z", "2024-04-01T08:30:00.Z", "2024-04-01T08:30:00Zx", "24-04-01T08:30:00Z",
        "٢٠٢٤-04-01T08:30:00Z",
    ])
    func refusesEverythingElse(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func writesWhatItReads() throws {
        try forEachSeed(2000) { _, generator in
            let time = Timestamp(
                microseconds: .random(in: -60_000_000_000_000_000...250_000_000_000_000_000, using: &generator))
            try #require(Timestamp(rfc3339: time.rfc3339) == time)
        }
    }

    @Test(arguments: [
        ("2024-04-01", "2024-04-01"), ("2024/10/03 00:00:00+00", "2024-10-03"),
        ("2024/10/03 13:30:00+00", "2024-10-03T13:30:00Z"), ("2024-10-03T09:30:00-04:00", "2024-10-03T13:30:00Z"),
        ("2024-10-03T00:00:00-04:00", "2024-10-03T04:00:00Z"), ("2024-10-03 08:15", "2024-10-03T08:15:00Z"),
    ])
    func calendarDatesGetTheirNormalForm(_ text: String, _ normal: String) {
        #expect(CalendarDate.normalized(text) == normal)
    }

    @Test(arguments: [
        "soon", "2024", "2024-4-1", "2024-02-30", "2024-10-03T", "2024-10-03T25:00", "03/10/2024",
        "2024-10-03 08:15 PM",
    ])
    func whatIsNoDateIsNone(_ text: String) {
        #expect(CalendarDate.normalized(text) == nil)
    }
}
