/// A row of an outbox that waits to be published.
public struct OutboxEntry: Sendable {
    /// Where it stands.
    public let position: OutboxPosition
    /// What is to be published; or why the row is no event, and never will be.
    public let event: Result<Event, LockstepError>
    /// How many bytes it takes, roughly: the relay holds no more of them than it was allowed to.
    public let size: Int

    /// An entry.
    public init(position: OutboxPosition, event: Result<Event, LockstepError>, size: Int) {
        self.position = position
        self.event = event
        self.size = size
    }
}
