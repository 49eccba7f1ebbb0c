import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

struct DelayHistogramTests {
    @Test func bucketsFollowOneAnotherWithoutGaps() {
        var last = -1
        for milliseconds in Int64(0)..<200_000 {
            let bucket = DelayHistogram.bucket(of: milliseconds)
            #expect(bucket == last || bucket == last + 1)
            last = bucket
        }
    }

    @Test(arguments: [0, 1, 31, 32, 33, 47, 63, 64, 999, 86_400_000, 1 << 47, Int64.max])
    func aBucketStandsForItsDelaysWithinFivePercent(_ milliseconds: Int64) {
        let middle = DelayHistogram.middle(of: DelayHistogram.bucket(of: milliseconds))
        let distance = abs(Double(middle) - Double(milliseconds))
        #expect(distance <= Double(milliseconds) * 0.05)
    }

    @Test func percentilesAreThoseOfTheSortedDelays() throws {
        try forEachSeed(50) { _, generator in
            var histogram = DelayHistogram()
            var delays: [Int64] = []
            for _ in 0..<Int.random(in: 1...500, using: &generator) {
                let delay = Int64.random(in: 0...(1 << Int64.random(in: 1...30, using: &generator)), using: &generator)
                delays.append(delay)
                histogram.insert(milliseconds: delay)
            }
            delays.sort()
            for share in [0.01, 0.5, 0.99, 1] {
                let exact = delays[max(Int((share * Double(delays.count)).rounded(.up)), 1) - 1]
                let found = try #require(histogram.percentile(share)) / .milliseconds(1)
                try #require(abs(found - Double(exact)) <= Double(exact) * 0.05, "\(share): \(found) for \(exact)")
            }
        }
    }

    @Test func nothingCountedHasNoPercentile() {
        #expect(DelayHistogram().percentile(0.5) == nil)
    }

    @Test func clocksThatDisagreeCountAsNoDelay() {
        var histogram = DelayHistogram()
        histogram.insert(milliseconds: -5)
        #expect(histogram.percentile(0.99) == .zero)
    }
}
