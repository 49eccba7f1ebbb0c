/// How the ledger says that a delivery stands, in one word.
public enum DeliveryWord: String, Sendable, Hashable, CaseIterable {
    /// The office has the event, and all of it shows.
    case applied
    /// The office has the event beside changes that it had not seen; nothing contradicts.
    case merged
    /// The office has the event, and it contradicts changes that it had not seen.
    case conflict
    /// The office had the event already.
    case duplicate
    /// The office had something newer.
    case superseded
    /// It is tried again.
    case waiting
    /// It was given up.
    case dead

    /// The word for what is known.
    public init(_ word: DeliveryState.Word) {
        self =
            switch word {
            case .done(let done): Self(done.outcome)
            case .waiting: .waiting
            case .dead: .dead
            }
    }

    private init(_ outcome: MergeOutcome) {
        self =
            switch outcome {
            case .applied: .applied
            case .merged: .merged
            case .conflict: .conflict
            case .duplicate: .duplicate
            case .superseded: .superseded
            }
    }
}
