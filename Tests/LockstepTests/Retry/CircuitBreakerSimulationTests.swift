import Lockstep
import LockstepTesting
import Testing

/// Random outages of an office behind a breaker: what is tried, and when, follows from the rule alone.
struct CircuitBreakerSimulationTests {
    @Test
    func opensProbesAndClosesByItsRuleAlone() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var office = Office(using: &generator)
            for _ in 0..<Int.random(in: 20...60, using: &generator) {
                if generator.chance(0.1) { office.isUp.toggle() }
                try office.work(using: &generator)
            }
            try office.checkThatItComesBack(using: &generator)
        }
    }

    /// Throughout an outage: whole batches up to the threshold, then one delivery for each pause.
    @Test
    func anOutageCostsFewTries() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            let configuration = CircuitBreaker.Configuration.any(using: &generator)
            var breaker = CircuitBreaker(configuration)
            var now = Duration.zero
            var batches = 0
            var probes: [Duration] = []
            for _ in 0..<40 {
                switch breaker.admission(at: now) {
                case .everything:
                    batches += 1
                    breaker.failed(at: now)
                case .probe:
                    probes.append(now)
                    breaker.failed(at: now)
                case .nothing: break
                }
                now += .milliseconds(Int.random(in: 0...2_000, using: &generator))
            }
            try #require(batches <= configuration.threshold)
            var pause = configuration.firstPause
            for (earlier, later) in zip(probes, probes.dropFirst()) {
                pause = min(pause * 2, configuration.longestPause)
                try #require(later - earlier >= pause)
            }
        }
    }
}

/// An office that is up or down, and what its breaker must say by the history alone.
private struct Office {
    var isUp = true
    private let configuration: CircuitBreaker.Configuration
    private var breaker: CircuitBreaker
    private var now = Duration.zero
    /// When each failure happened since the last success.
    private var failures: [Duration] = []

    init(using generator: inout SeededGenerator) {
        configuration = .any(using: &generator)
        breaker = CircuitBreaker(configuration)
    }

    /// When the next try is due after the failures so far; nil where it is not held back at all.
    private var due: Duration? {
        guard failures.count >= configuration.threshold, let last = failures.last else { return nil }
        let failedProbes = failures.count - configuration.threshold
        let pause = (0..<failedProbes).reduce(configuration.firstPause) { pause, _ in
            min(pause * 2, configuration.longestPause)
        }
        return last + pause
    }

    /// Looks at the breaker, tries what it admits, and lets time pass.
    mutating func work(using generator: inout SeededGenerator) throws {
        let expected: CircuitBreaker.Admission =
            due.map { now < $0 ? .nothing(for: $0 - now) : .probe } ?? .everything
        try #require(breaker.isOpen == (due != nil))
        try #require(breaker.admission(at: now) == expected)
        try #require(breaker.admission(at: now) == expected, "looking changes nothing")
        switch expected {
        case .nothing(let pause):
            now += generator.chance(0.5) ? pause : .milliseconds(Int.random(in: 0...500, using: &generator))
        case .everything, .probe:
            // A try takes its time, and the pause begins when it has failed.
            now += .milliseconds(Int.random(in: 0...300, using: &generator))
            if isUp {
                breaker.succeeded()
                failures = []
                try #require(breaker.admission(at: now) == .everything)
            } else {
                breaker.failed(at: now)
                failures.append(now)
            }
        }
    }

    /// An office that is up again has its breaker closed after one pause and one try.
    mutating func checkThatItComesBack(using generator: inout SeededGenerator) throws {
        isUp = true
        if let due {
            try #require(due - now <= configuration.longestPause)
            now = max(now, due)
        }
        try work(using: &generator)
        try #require(!breaker.isOpen)
    }
}

extension CircuitBreaker.Configuration {
    fileprivate static func any(using generator: inout SeededGenerator) -> Self {
        var configuration = Self()
        configuration.threshold = Int.random(in: 1...4, using: &generator)
        configuration.firstPause = .milliseconds(Int.random(in: 1...1_000, using: &generator))
        configuration.longestPause = configuration.firstPause * Int.random(in: 1...40, using: &generator)
        return configuration
    }
}
