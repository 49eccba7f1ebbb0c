/// An office's own system's answer to one change.
public struct ApplyOutcome: Sendable, Hashable {
    enum Wrapped: Sendable, Hashable {
        case applied
        case unchanged
        case refused(String)
        case later(Duration)
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
    /// Not now; to be tried again after about this time, without using up an attempt.
    public static func later(after delay: Duration) -> ApplyOutcome { ApplyOutcome(wrapped: .later(delay)) }
    /// The office's system is gone, and says so; with a reason that must hold no payload.
    ///
    /// Nothing more is told to it before a person has looked: the delivery, and all that follow it, stay in the queue.
    public static func gone(_ reason: String) -> ApplyOutcome { ApplyOutcome(wrapped: .gone(reason)) }
}
