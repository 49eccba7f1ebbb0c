/// An office's own system's answer to one change.
public struct ApplyOutcome: Sendable, Hashable {
    enum Wrapped: Sendable, Hashable {
        case applied
        case unchanged
        case refused(String)
        case later(Duration)
    }

    let wrapped: Wrapped

    /// It has the change now.
    public static let applied = ApplyOutcome(wrapped: .applied)
    /// It had it already.
    public static let unchanged = ApplyOutcome(wrapped: .unchanged)
    /// It will never take it: the delivery becomes a dead letter with this reason, which must hold no payload.
    public static func refused(_ reason: String) -> ApplyOutcome { ApplyOutcome(wrapped: .refused(reason)) }
    /// Not now; to be tried again after about this time, without using up an attempt.
    public static func later(after delay: Duration) -> ApplyOutcome { ApplyOutcome(wrapped: .later(delay)) }
}
