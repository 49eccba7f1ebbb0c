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
        /// When the publisher was given the event, where it waited in an outbox since; nil: with the others.
        public var acceptedAt: Timestamp?

        /// An entry.
        public init(
            event: EventID,
            source: Origin,
            type: EventType,
            scope: Scope? = nil,
            subject: Subject,
            version: Version,
            outcome: PublishOutcome,
            acceptedAt: Timestamp? = nil
        ) {
            self.event = event
            self.source = source
            self.type = type
            self.scope = scope
            self.subject = subject
            self.version = version
            self.outcome = outcome
            self.acceptedAt = acceptedAt
        }

        /// What is to be said of an event that was published.
        public init(_ event: Event, _ outcome: PublishOutcome) {
            self.init(
                event: event.id, source: event.source, type: event.type, scope: event.scope, subject: event.subject,
                version: event.version, outcome: outcome, acceptedAt: event.acceptedAt)
        }
    }

    /// When the publisher was given the events, but for those that say another time themselves.
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
