import LockstepTesting
import Testing

@testable import RabbitMQ

struct ReconnectBackoffSimulationTests {
    /// Any outage under any backoff: the waits stay in their bounds, and their bounds double until the longest.
    @Test
    func waitsGrowWithinTheirBounds() throws {
        try forEachSeed(10_000) { _, generator in
            let first = Duration.milliseconds(Int.random(in: 1...1_000, using: &generator))
            let longest = first * Int.random(in: 1...100, using: &generator)
            let backoff = generator.chance(0.5) ? ReconnectBackoff() : ReconnectBackoff(first: first, longest: longest)
            var step = backoff.first
            for attempt in 1...Int.random(in: 20...40, using: &generator) {
                let delay = backoff.delay(beforeAttempt: attempt, using: &generator)
                try demand(delay >= step / 2 && delay <= step, "attempt \(attempt)")
                step = min(step * 2, backoff.longest)
            }
            // An outage of years counts further than a step can be doubled.
            let late = backoff.delay(beforeAttempt: .random(in: 41...Int.max, using: &generator), using: &generator)
            try demand(late >= backoff.longest / 2 && late <= backoff.longest)
            // After a success the count begins again, and so do the waits.
            try demand(backoff.delay(beforeAttempt: 1, using: &generator) <= backoff.first)
        }
    }
}
