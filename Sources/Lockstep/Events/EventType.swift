/// What kind of thing happened: dotted words like `permit.issued` (the CloudEvents attribute `type`).
public struct EventType: Sendable, Hashable, CustomStringConvertible {
    /// The words with their dots.
    public let text: String

    /// Takes a type apart: words of letters, digits, `-` and `_`, joined by dots, 180 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard text.utf8.count <= 180, Name.isDottedWords(text) else {
            throw LockstepError(
                .invalidName,
                "not an event type; it needs words of letters, digits, '-' and '_' joined by dots, "
                    + "180 bytes at most, like 'permit.issued'"
            )
        }
        self.text = text
    }

    public var description: String { text }
}
