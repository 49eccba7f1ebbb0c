/// A worker's answer to one delivery.
public struct DeliveryAnswer: Sendable, Hashable {
    /// What is to become of the delivery.
    public var verdict: Verdict
    /// What merging the event did; nil: the replica did not get it.
    public var outcome: MergeOutcome?

    /// An answer.
    public init(_ verdict: Verdict, outcome: MergeOutcome? = nil) {
        self.verdict = verdict
        self.outcome = outcome
    }
}
