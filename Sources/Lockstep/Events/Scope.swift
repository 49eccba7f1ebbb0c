/// The region or tenant that an event concerns: the last word of its routing key.
public struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// The word.
    public let text: String

    /// Takes a scope: lower-case letters, digits and `-`, 64 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard text.utf8.count <= 64, Name.isLowercaseWord(text) else {
            throw LockstepError(
                .invalidName,
                "not a scope; it needs lower-case letters, digits and '-', 64 bytes at most, like 'ward-3'"
            )
        }
        self.text = text
    }

    public var description: String { text }
}
