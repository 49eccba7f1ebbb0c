/// An office's own system's answer to one change.
public struct ApplyOutcome: Sendable, Hashable {
    enum Wrapped: Sendable, Hashable {
        case applied
        case unchanged
        case refused(String)
        case later(Duration)
        case busy(Duration, String)
        case failed(String)
        case gone(String)
    }

    let wrapped: Wrapped

    /// It has the change now.
    public static let applied = ApplyOutcome(wrapped: .applied)
    /// It had it already.
    public static let unchanged = ApplyOutcome(wrapped: .unchanged)
    /// It will never take it: the delivery becomes a dead letter with this reason, which must hold no payload.
    public static func refused(_ reason: String) -> ApplyOutcome { ApplyOutcome(wrapped: .refused(reason)) }
    /// It did not work, for a reason that may pass, which must hold no payload: tried again by the subscription's policy,
    /// this change alone.
    public static func failed(_ reason: String) -> ApplyOutcome { ApplyOutcome(wrapped: .failed(reason)) }
    /// Not this change now; to be tried again after this time, an hour at most, without using up an attempt.
    ///
    /// It comes a little later than asked, and never earlier: the broker has ``RetryDelay``s to choose from.
    public static func later(after delay: Duration) -> ApplyOutcome { ApplyOutcome(wrapped: .later(delay)) }
    /// The office's system takes nothing at all for this time, and says so; with a reason that must hold no payload.
    ///
    /// Nothing is told to it meanwhile, and no attempt is used up: the delivery, and all that follow it, wait. People see
    /// the pause as they see an office that is down. What follows in the same call need not be tried: give it the same outcome.
    public static func busy(for pause: Duration, _ reason: String) -> ApplyOutcome {
        ApplyOutcome(wrapped: .busy(pause, reason))
    }
    /// The office's system is gone, and says so; with a reason that must hold no payload.
    ///
    /// Nothing more is told to it before a person has looked: the delivery, and all that follow it, stay in the queue.
    public static func gone(_ reason: String) -> ApplyOutcome { ApplyOutcome(wrapped: .gone(reason)) }
}
