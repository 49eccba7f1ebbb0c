/// What a publisher says of a batch of events, for the ledger: one message for all of it.
public struct PublicationReport: Sendable, Hashable {
    /// One event and the broker's answer to it.
    public struct Entry: Sendable, Hashable {
        /// The event's name.
        public var event: EventID
        /// Who made the change.
        public var source: Origin
        /// What kind of thing happened.
        public var type: EventType
        /// The region or tenant that it concerns.
        public var scope: Scope?
        /// The record that it is about.
        public var subject: Subject
        /// Which change of the record it is.
        public var version: Version
        /// The broker's answer.
        public var outcome: PublishOutcome

        /// An entry.
        public init(
            event: EventID,
            source: Origin,
            type: EventType,
            scope: Scope? = nil,
            subject: Subject,
            version: Version,
            outcome: PublishOutcome
        ) {
            self.event = event
            self.source = source
            self.type = type
            self.scope = scope
            self.subject = subject
            self.version = version
            self.outcome = outcome
        }

        /// What is to be said of an event that was published.
        public init(_ event: Event, _ outcome: PublishOutcome) {
            self.init(
                event: event.id, source: event.source, type: event.type, scope: event.scope, subject: event.subject,
                version: event.version, outcome: outcome)
        }
    }

    /// When the publisher was given the events.
    public var acceptedAt: Timestamp
    /// When the broker had answered for all of them.
    public var at: Timestamp
    /// One for each event.
    public var entries: [Entry]

    /// A report.
    public init(acceptedAt: Timestamp, at: Timestamp, entries: [Entry]) {
        self.acceptedAt = acceptedAt
        self.at = at
        self.entries = entries
    }
}
