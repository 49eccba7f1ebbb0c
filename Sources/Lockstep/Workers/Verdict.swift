/// What is to become of a delivery: workers return it, and there is nothing to forget.
public enum Verdict: Sendable, Hashable {
    /// It is done: acknowledge it.
    case done
    /// Deliver it again after a delay, as this attempt.
    case retry(after: RetryDelay, attempt: Int, Failure)
    /// Give it up: make it a dead letter.
    case dead(Failure)
    /// Give it back as it is: the worker is about to stop.
    case giveBack
}
