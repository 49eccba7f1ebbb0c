/// What happens to a delivery that failed for a reason that may pass.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a delivery is tried in all; the last failure makes it a dead letter.
    public let attempts: Int
    /// How long to wait after the first, second, third … failure; the last one counts for all that follow.
    public let delays: [RetryDelay]

    /// Twelve attempts over some seven and a half hours.
    public init() {
        attempts = 12
        delays = RetryDelay.allCases
    }

    /// A policy.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidConfiguration`: no attempt, more than 1,000, or no delay.
    public init(attempts: Int, delays: [RetryDelay]) throws(LockstepError) {
        guard (1...1000).contains(attempts), !delays.isEmpty else {
            throw LockstepError(
                .invalidConfiguration,
                "a retry policy needs 1 to 1,000 attempts and one delay at least"
            )
        }
        self.attempts = attempts
        self.delays = delays
    }

    /// Decides about a delivery whose `attempt`-th try (from 1) has failed.
    public func decision(afterAttempt attempt: Int) -> RetryDecision {
        guard attempt < attempts else { return .giveUp }
        return .retry(after: delays[min(max(attempt, 1), delays.count) - 1], nextAttempt: attempt + 1)
    }
}
