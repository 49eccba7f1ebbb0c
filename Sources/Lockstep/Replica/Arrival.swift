/// An event as it arrives at a replica.
public struct Arrival: Sendable, Hashable {
    /// The event.
    public var event: Event
    /// Which try of the delivery this is, from 1.
    public var attempt: Int

    /// An arrival.
    public init(_ event: Event, attempt: Int = 1) {
        self.event = event
        self.attempt = attempt
    }
}
