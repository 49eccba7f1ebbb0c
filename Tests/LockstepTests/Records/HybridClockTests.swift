import Lockstep
import LockstepTesting
import Testing

struct HybridClockTests {
    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }

    @Test func readingsFollowTheWallClock() {
        var clock = HybridClock()
        #expect(clock.take(at: Self.at(1000)).milliseconds == 1000)
        #expect(clock.take(at: Self.at(2000)).milliseconds == 2000)
    }

    @Test(arguments: [-3_600_000, -1, 0] as [Int64])
    func readingsGoOnWhenTheWallClockStandsOrSteps(_ step: Int64) {
        var clock = HybridClock()
        let first = clock.take(at: Self.at(10_000_000))
        #expect(clock.take(at: Self.at(10_000_000 + step)) > first)
    }

    @Test func aYearAheadAndBackNeverRunsBackward() throws {
        try forEachSeed(200) { _, generator in
            var clock = HybridClock()
            var last = ClockReading(0)
            for _ in 0..<50 {
                let count = Int.random(in: 1...70_000, using: &generator)
                let first = clock.take(count, at: Self.at(.random(in: 0...31_536_000_000, using: &generator)))
                try #require(first > last)
                last = ClockReading(first.bits + UInt64(count) - 1)
            }
        }
    }

    @Test func aChangeIsNewerThanWhatItHasSeen() {
        var clock = HybridClock()
        clock.observe(ClockReading(5000 << 16))
        #expect(clock.take(at: Self.at(1000)) > ClockReading(5000 << 16))
    }
}
