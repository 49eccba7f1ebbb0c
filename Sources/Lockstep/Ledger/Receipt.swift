/// An office's word on one event that reached it, for the ledger.
public struct Receipt: Sendable, Hashable {
    /// What became of the event.
    public enum Outcome: Sendable, Hashable {
        /// The office has it: this is what merging it did.
        case done(MergeOutcome)
        /// It is tried again, not before this moment.
        case waiting(until: Timestamp, reason: String)
        /// It was given up, and is a dead letter.
        case dead(reason: String)
    }

    /// The event's name.
    public var event: EventID
    /// The record that it is about.
    public var subject: Subject
    /// Which change of the record it is, and whose.
    public var version: Version
    /// What became of it.
    public var outcome: Outcome
    /// Which try of the delivery this was, from 1.
    public var attempt: Int

    /// A receipt.
    public init(event: EventID, subject: Subject, version: Version, outcome: Outcome, attempt: Int) {
        self.event = event
        self.subject = subject
        self.version = version
        self.outcome = outcome
        self.attempt = attempt
    }
}

/// What an office says of a batch of events: one message for all of it.
public struct ReceiptBatch: Sendable, Hashable {
    /// Whose word it is.
    public var office: OfficeName
    /// When the office had worked the batch off.
    public var at: Timestamp
    /// One for each event of the batch that could be read.
    public var receipts: [Receipt]

    /// A batch.
    public init(office: OfficeName, at: Timestamp, receipts: [Receipt]) {
        self.office = office
        self.at = at
        self.receipts = receipts
    }
}
