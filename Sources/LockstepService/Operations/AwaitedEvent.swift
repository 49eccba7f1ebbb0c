public import Lockstep

/// An event that was published, and what is needed to tell who should have it.
public struct AwaitedEvent: Sendable, Hashable {
    /// The event's name.
    public var id: EventID
    /// Which change of the record it is.
    public var version: Version
    /// What the broker routed it by.
    public var routingKey: String

    /// An event.
    public init(_ event: Event) {
        id = event.id
        version = event.version
        routingKey = event.routingKey
    }

    /// The event of an answer.
    public init(_ event: PublishedEvent) throws(LockstepError) {
        id = try EventID(event.id)
        version = try Version(event.version)
        routingKey = event.routingKey
    }
}
