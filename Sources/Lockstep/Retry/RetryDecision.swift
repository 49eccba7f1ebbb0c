/// What to do with a delivery that failed for a reason that may pass.
public enum RetryDecision: Sendable, Hashable {
    /// Deliver it again after a delay.
    case retry(after: RetryDelay, nextAttempt: Int)
    /// It has had all its attempts: make it a dead letter.
    case giveUp
}
