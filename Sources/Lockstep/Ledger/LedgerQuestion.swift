/// Which events of a ledger are asked for; what is not said lets all through.
public struct EventQuestion: Sendable, Hashable {
    /// About this record.
    public var subject: Subject?
    /// Those that the ledger first heard of then or later.
    public var since: Timestamp?
    /// Those that the ledger first heard of before then.
    public var until: Timestamp?

    /// A question.
    public init(subject: Subject? = nil, since: Timestamp? = nil, until: Timestamp? = nil) {
        self.subject = subject
        self.since = since
        self.until = until
    }
}

/// Which deliveries of a ledger are asked for; what is not said lets all through.
public struct DeliveryQuestion: Sendable, Hashable {
    /// Of which events.
    public var events: EventQuestion
    /// To this office.
    public var office: OfficeName?
    /// Those that stand so.
    public var word: DeliveryWord?

    /// A question.
    public init(events: EventQuestion = EventQuestion(), office: OfficeName? = nil, word: DeliveryWord? = nil) {
        self.events = events
        self.office = office
        self.word = word
    }
}
