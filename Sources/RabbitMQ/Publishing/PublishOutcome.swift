/// What became of a published message.
public enum PublishOutcome: Sendable, Hashable {
    /// Every queue that the message was routed to has it.
    case confirmed
    /// No queue wanted it: `code` 312 and the broker's words.
    case returned(code: Int, reason: String)
    /// The broker would not take it, as a full queue with `reject-publish` does; later it may.
    case refused
}
