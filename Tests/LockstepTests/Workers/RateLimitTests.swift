import LockstepTesting
import Testing

@testable import Lockstep

struct RateLimitTests {
    @Test func aRestAllowsABurstAndThenTheRateHolds() {
        var limit = RateLimit(rate: 10, burst: 5)
        #expect(limit.admission(of: 8, inSharesOf: 1, at: .seconds(7)) == .changes(5))
        limit.told(5, at: .seconds(7))
        #expect(limit.admission(of: 3, inSharesOf: 1, at: .seconds(7)) == .nothing(for: .milliseconds(100)))
        #expect(limit.admission(of: 3, inSharesOf: 1, at: .milliseconds(7_100)) == .changes(1))
        #expect(limit.admission(of: 3, inSharesOf: 1, at: .milliseconds(7_250)) == .changes(2))
        #expect(limit.admission(of: 9, inSharesOf: 1, at: .seconds(60)) == .changes(5))
    }

    @Test func aShareIsWaitedForAsAWhole() {
        var limit = RateLimit(rate: 10, burst: 5)
        limit.told(5, at: .zero)
        #expect(limit.admission(of: 9, inSharesOf: 4, at: .milliseconds(250)) == .nothing(for: .milliseconds(150)))
        #expect(limit.admission(of: 9, inSharesOf: 4, at: .milliseconds(400)) == .changes(4))
        #expect(limit.admission(of: 2, inSharesOf: 4, at: .milliseconds(250)) == .changes(2), "more will not come")
    }

    @Test func whatWasToldTwiceIsMadeGood() {
        var limit = RateLimit(rate: 10, burst: 5)
        limit.told(8, at: .zero)
        #expect(limit.admission(of: 1, inSharesOf: 1, at: .zero) == .nothing(for: .milliseconds(400)))
    }

    /// In any time no more than its share of the rate and a burst, and what the last call was asked again for; and
    /// whoever waits for as long as told may go on.
    @Test(.timeLimit(.minutes(5)))
    func anyHistoryKeepsTheRate() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            let rate = Int.random(in: 1...2_000, using: &generator)
            let burst = Int.random(in: 1...(rate * 2), using: &generator)
            var limit = RateLimit(rate: rate, burst: burst)
            var now = Duration.zero
            var told: [(at: Duration, count: Int, again: Int)] = []
            for _ in 0..<30 {
                let wanted = Int.random(in: 1...(burst * 2), using: &generator)
                let share = Int.random(in: 1...burst, using: &generator)
                switch limit.admission(of: wanted, inSharesOf: share, at: now) {
                case .nothing(let pause):
                    try #require(pause > .zero)
                    now += pause
                    guard case .changes = limit.admission(of: wanted, inSharesOf: share, at: now) else {
                        try #require(Bool(false), "it waited as long as it was told, and may not go on")
                        return
                    }
                case .changes(let count):
                    try #require(count >= min(wanted, share) && count <= min(wanted, burst))
                    let again = generator.chance(0.2) ? Int.random(in: 0...count, using: &generator) : 0
                    limit.told(count + again, at: now)
                    told.append((now, count, again))
                }
                if generator.chance(0.3) { now += .milliseconds(Int.random(in: 0...3_000, using: &generator)) }
            }
            for (start, first) in told.enumerated() {
                var sum = 0
                for call in told[start...] {
                    let most = Double(rate) * ((call.at - first.at) / .seconds(1)) + Double(burst)
                    try #require(Double(sum + call.count) <= most + 1e-6)
                    sum += call.count + call.again
                }
            }
        }
    }

    @Test func gatheringStaysWithinTheRate() throws {
        func subscription(_ delivery: DeliveryMode, rate: Int?) throws -> Subscription {
            Subscription(
                office: try OfficeName("ward-3"), events: [], delivery: delivery, pace: DeliveryPace(rate: rate))
        }
        #expect(try subscription(.immediate, rate: nil).pacedDelivery == .immediate)
        #expect(try subscription(.immediate, rate: 20).pacedDelivery.events == 20)
        #expect(try subscription(.immediate, rate: 20).rateShare == 2)
        let batch = try DeliveryMode.batch(events: 500, within: .seconds(5))
        #expect(try subscription(batch, rate: 100).pacedDelivery == batch)
        #expect(try subscription(batch, rate: 100).rateShare == 500)
        #expect(try subscription(batch, rate: 2).pacedDelivery.events == 120)
    }
}
