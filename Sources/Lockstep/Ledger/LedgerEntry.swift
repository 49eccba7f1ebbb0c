/// What the ledger knows of one event.
public struct LedgerEntry: Sendable, Hashable {
    /// The event's name.
    public var event: EventID
    /// The record that it is about.
    public var subject: Subject
    /// Which change of the record it is.
    public var version: Version
    /// How it was published; nil: no publisher has reported that.
    public var publication: PublicationState?
    /// What the offices have said of it.
    public var deliveries: [OfficeName: DeliveryState]

    /// An entry.
    public init(
        event: EventID,
        subject: Subject,
        version: Version,
        publication: PublicationState? = nil,
        deliveries: [OfficeName: DeliveryState] = [:]
    ) {
        self.event = event
        self.subject = subject
        self.version = version
        self.publication = publication
        self.deliveries = deliveries
    }

    /// When it was published; by its version's clock where no publisher has reported that.
    public var publishedAt: Timestamp {
        publication?.acceptedAt ?? Timestamp(microseconds: version.reading.milliseconds * 1000)
    }
}

/// The newest version of a record that an office has.
public struct Holding: Sendable, Hashable {
    /// The event that brought it.
    public var event: EventID
    /// The version.
    public var version: Version
    /// How and since when the office has it.
    public var done: DeliveryState.Done
    /// When it was published; by its version's clock where no publisher has reported that.
    public var publishedAt: Timestamp

    /// A holding.
    public init(event: EventID, version: Version, done: DeliveryState.Done, publishedAt: Timestamp) {
        self.event = event
        self.version = version
        self.done = done
        self.publishedAt = publishedAt
    }
}
