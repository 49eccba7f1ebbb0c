import Lockstep
import LockstepTesting
import Testing

struct CircuitBreakerTests {
    @Test func opensAfterFailuresInARowAndProbesAfterThePause() {
        var breaker = CircuitBreaker()
        breaker.failed(at: .seconds(0))
        #expect(breaker.admission(at: .seconds(0)) == .everything)
        breaker.failed(at: .seconds(10))
        #expect(breaker.admission(at: .seconds(10)) == .nothing(for: .seconds(1)))
        #expect(breaker.admission(at: .seconds(11)) == .probe)
    }

    @Test func aFailedProbeDoublesThePauseUpToTheLimit() {
        var breaker = CircuitBreaker()
        var now = Duration.zero
        breaker.failed(at: now)
        breaker.failed(at: now)
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            #expect(breaker.admission(at: now) == .nothing(for: .seconds(pause)))
            now += .seconds(pause)
            #expect(breaker.admission(at: now) == .probe)
            breaker.failed(at: now)
        }
    }

    @Test func oneSuccessClosesIt() {
        var breaker = CircuitBreaker()
        breaker.failed(at: .zero)
        breaker.failed(at: .zero)
        breaker.succeeded()
        #expect(breaker.admission(at: .zero) == .everything)
        breaker.failed(at: .zero)
        #expect(!breaker.isOpen)
    }

    @Test func aPauseThatTheOfficeAsksForCountsAtOnceAndInFull() {
        var breaker = CircuitBreaker()
        breaker.hold(for: .seconds(600), at: .seconds(5))
        #expect(breaker.isOpen && breaker.nextProbe == .seconds(605))
        #expect(breaker.admission(at: .seconds(604)) == .nothing(for: .seconds(1)))
        #expect(breaker.admission(at: .seconds(605)) == .probe)
        breaker.hold(for: .zero, at: .seconds(605))
        #expect(breaker.admission(at: .seconds(605)) == .nothing(for: .seconds(1)), "never in a circle without rest")
        breaker.succeeded()
        #expect(breaker.admission(at: .seconds(605)) == .everything)
    }

    /// Whatever happens: it never holds back longer than its limit, and never stays open after a success.
    @Test(.timeLimit(.minutes(5)))
    func anyHistoryKeepsItsPromises() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var breaker = CircuitBreaker()
            var now = Duration.zero
            for _ in 0..<30 {
                switch breaker.admission(at: now) {
                case .nothing(let pause):
                    try #require(pause > .zero && pause <= .seconds(30))
                    now += generator.chance(0.5) ? pause : .milliseconds(Int.random(in: 0...500, using: &generator))
                case .everything, .probe:
                    if generator.chance(0.6) {
                        breaker.failed(at: now)
                    } else {
                        breaker.succeeded()
                        try #require(breaker.admission(at: now) == .everything)
                    }
                }
            }
        }
    }
}
