/// What an adapter would do with a change: it says so without doing it.
public struct Rehearsal: Sendable, Hashable {
    /// The kind of answer.
    public enum Word: String, Sendable, CaseIterable {
        /// As far as can be known before, it would apply the change.
        case wouldApply = "would-apply"
        /// It would not take it, ever: the delivery would become a dead letter.
        case wouldRefuse = "would-refuse"
        /// It cannot say.
        case cannotSay = "cannot-say"
        /// It would not be told of the change.
        case notTold = "not-told"
    }

    /// The kind of answer.
    public let word: Word
    /// How it would apply the change, or why it would not, or cannot say; nil: it does not say.
    ///
    /// Holds no payload.
    public let reason: String?

    /// An answer as it came.
    init(_ word: Word, _ reason: String?) {
        self.word = word
        self.reason = reason
    }

    /// As far as can be known before, it would apply the change.
    ///
    /// - Parameter how: What it would do for that, without payloads and secrets; nil: it does not say.
    public static func wouldApply(_ how: String? = nil) -> Rehearsal { Rehearsal(.wouldApply, how) }
    /// It would never take the change, for a reason that must hold no payload.
    public static func wouldRefuse(_ reason: String) -> Rehearsal { Rehearsal(.wouldRefuse, reason) }
    /// It cannot say what it would do, for a reason that must hold no payload.
    public static func cannotSay(_ reason: String) -> Rehearsal { Rehearsal(.cannotSay, reason) }
    /// It would not be told of the change: Lockstep's own answer, for no adapter to give.
    package static func notTold(_ reason: String) -> Rehearsal { Rehearsal(.notTold, reason) }
}
