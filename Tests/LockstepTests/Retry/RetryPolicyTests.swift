import Lockstep
import Testing

struct RetryPolicyTests {
    @Test func delaysGrowAndTheLastOneStays() throws {
        let delays = try ["1s", "5s"].map { try #require(RetryDelay(named: $0)) }
        let policy = try RetryPolicy(attempts: 4, delays: delays)
        #expect(policy.decision(afterAttempt: 1) == .retry(after: delays[0], nextAttempt: 2))
        #expect(policy.decision(afterAttempt: 2) == .retry(after: delays[1], nextAttempt: 3))
        #expect(policy.decision(afterAttempt: 3) == .retry(after: delays[1], nextAttempt: 4))
    }

    @Test(arguments: [4, 5, 1000])
    func theLastAttemptGivesUp(_ attempt: Int) throws {
        let policy = try RetryPolicy(attempts: 4, delays: [RetryDelay.allCases[0]])
        #expect(policy.decision(afterAttempt: attempt) == .giveUp)
    }

    @Test(arguments: [0, -1, 1001])
    func impossibleNumbersOfAttemptsAreRefused(_ attempts: Int) {
        #expect(throws: LockstepError.self) { try RetryPolicy(attempts: attempts, delays: RetryDelay.allCases) }
    }

    @Test(arguments: [(0, "1s"), (1, "1s"), (29, "5s"), (30, "30s"), (86_400, "1h")])
    func aWishedDelayBecomesTheLongestThatFits(_ seconds: Int, _ name: String) {
        #expect(RetryDelay(closestTo: .seconds(seconds)).name == name)
    }

    @Test(arguments: [(0, "1s"), (1, "1s"), (2, "5s"), (29, "30s"), (30, "30s"), (31, "2m"), (86_400, "1h")])
    func aDemandedDelayIsNeverShorter(_ seconds: Int, _ name: String) {
        #expect(RetryDelay(atLeast: .seconds(seconds)).name == name)
    }
}
