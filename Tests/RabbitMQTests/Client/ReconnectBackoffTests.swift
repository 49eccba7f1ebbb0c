import LockstepTesting
import Testing

@testable import RabbitMQ

struct ReconnectBackoffTests {
    @Test
    func doublesWithJitterUpToItsLongest() {
        let backoff = ReconnectBackoff(first: .milliseconds(200), longest: .seconds(10))
        var generator = SeededGenerator(seed: 1)
        for (attempt, step) in [(1, 200), (2, 400), (3, 800), (6, 6_400), (7, 10_000), (1_000_000, 10_000)] {
            for _ in 0..<100 {
                let delay = backoff.delay(beforeAttempt: attempt, using: &generator)
                #expect(delay >= .milliseconds(step) / 2)
                #expect(delay <= .milliseconds(step))
            }
        }
    }

    @Test
    func spreadsClientsOut() {
        let backoff = ReconnectBackoff()
        var generator = SeededGenerator(seed: 1)
        let delays = (0..<20).map { _ in backoff.delay(beforeAttempt: 3, using: &generator) }
        #expect(Set(delays).count > 10)
    }
}
