/// How long to wait before the next attempt to connect: doubling, with jitter.
public struct ReconnectBackoff: Sendable, Hashable {
    /// The longest first wait.
    public var first: Duration
    /// The longest wait of all.
    public var longest: Duration

    /// Makes a backoff.
    public init(first: Duration = .milliseconds(200), longest: Duration = .seconds(10)) {
        self.first = first
        self.longest = longest
    }

    /// The wait before attempt `attempt` (the first one that follows a failure is 1).
    ///
    /// Between half of the step and the whole of it, so that clients of one broker spread out.
    public func delay(
        beforeAttempt attempt: Int, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        // 2^20 steps are over a day from any sensible start; more would overflow.
        let step = min(longest, first * (1 << min(max(attempt, 1) - 1, 20)))
        return step * Double.random(in: 0.5...1, using: &generator)
    }
}
