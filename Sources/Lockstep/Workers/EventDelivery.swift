/// One event on its way to one office, as a worker gets it.
public struct EventDelivery: Sendable {
    /// The event, or why what came is none.
    public var content: Result<Event, LockstepError>
    /// Which try this is, from 1.
    public var attempt: Int
    /// Whether it had been handed out before and was given back.
    public var redelivered: Bool
    /// When it was put off last to be tried again, by the clock of whoever did; nil: it never was.
    public var putOffAt: Timestamp?

    /// A delivery.
    public init(
        _ content: Result<Event, LockstepError>, attempt: Int = 1, redelivered: Bool = false,
        putOffAt: Timestamp? = nil
    ) {
        self.content = content
        self.attempt = attempt
        self.redelivered = redelivered
        self.putOffAt = putOffAt
    }
}
