/// What a handler decided about a delivery.
public enum Disposition: Sendable, Hashable {
    /// Done: the queue may forget it.
    case ack
    /// Not now: the queue keeps it and hands it out again, to anybody.
    case requeue
    /// Never: the broker dead-letters it where the queue says so, and else drops it.
    case reject
}
