/// One event on its way to one office, as a worker gets it.
public struct EventDelivery: Sendable {
    /// The event, or why what came is none.
    public var content: Result<Event, LockstepError>
    /// Which try this is, from 1.
    public var attempt: Int
    /// Whether it had been handed out before and was given back.
    public var redelivered: Bool

    /// A delivery.
    public init(_ content: Result<Event, LockstepError>, attempt: Int = 1, redelivered: Bool = false) {
        self.content = content
        self.attempt = attempt
        self.redelivered = redelivered
    }
}
