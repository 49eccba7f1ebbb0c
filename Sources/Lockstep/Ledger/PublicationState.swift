/// What the ledger knows of an event's publication.
public struct PublicationState: Sendable, Hashable {
    /// Who made the change.
    public var source: Origin
    /// What kind of thing happened.
    public var type: EventType
    /// The region or tenant that it concerns.
    public var scope: Scope?
    /// When the publisher was given the event first.
    public var acceptedAt: Timestamp
    /// When the broker answered.
    public var at: Timestamp
    /// The broker's answer; the best one, where the event was published again.
    public var outcome: PublishOutcome

    /// A publication.
    public init(
        source: Origin, type: EventType, scope: Scope?, acceptedAt: Timestamp, at: Timestamp, outcome: PublishOutcome
    ) {
        self.source = source
        self.type = type
        self.scope = scope
        self.acceptedAt = acceptedAt
        self.at = at
        self.outcome = outcome
    }

    /// What an entry of a report says.
    public init(_ entry: PublicationReport.Entry, in report: PublicationReport) {
        self.init(
            source: entry.source, type: entry.type, scope: entry.scope,
            acceptedAt: entry.acceptedAt ?? report.acceptedAt, at: report.at, outcome: entry.outcome)
    }

    /// What the broker routed it by.
    public var routingKey: String { Event.routingKey(type, scope) }

    /// Takes in what another report says of the same event; the order and the number of reports do not matter.
    public mutating func join(_ other: PublicationState) {
        let acceptedAt = min(acceptedAt, other.acceptedAt)
        if other.precedes(self) { self = other }
        self.acceptedAt = acceptedAt
    }

    private func precedes(_ other: PublicationState) -> Bool {
        if outcome.rank != other.outcome.rank { return outcome.rank < other.outcome.rank }
        if at != other.at { return at < other.at }
        return ByteOrder.precedes(tie, other.tie)
    }

    /// What is left to tell two reports apart that say different things of the same event.
    private var tie: String {
        let reason = if case .refused(let reason) = outcome { reason } else { "" }
        return [source.text, type.text, scope?.text ?? "", reason].joined(separator: "\n")
    }
}

extension PublishOutcome {
    /// The better, the lower.
    fileprivate var rank: Int {
        switch self {
        case .confirmed: 0
        case .unrouted: 1
        case .refused: 2
        }
    }
}
