/// What became of an event that was handed to the broker.
public enum PublishOutcome: Sendable, Hashable {
    /// The broker has it safe, for one office at least.
    case confirmed
    /// The broker has it safe, but no office wanted it.
    case unrouted
    /// The broker did not take it, for this reason.
    case refused(String)
}
