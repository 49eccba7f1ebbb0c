/// A replica's answer to one event.
public struct Acceptance: Sendable, Hashable {
    /// What became of the event in the records.
    public var outcome: MergeOutcome
    /// Why the office's calendar cannot show the record as it now stands; nil: it can.
    ///
    /// The record itself has been taken in all the same, or replicas would differ.
    public var refusal: String?

    /// An answer.
    public init(_ outcome: MergeOutcome, refusal: String? = nil) {
        self.outcome = outcome
        self.refusal = refusal
    }
}
