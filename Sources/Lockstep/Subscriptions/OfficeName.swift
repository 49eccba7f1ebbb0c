/// The name of an office, like `ward-3`: part of its queue's name, its replica's file and its connection's name.
public struct OfficeName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Takes a name: lower-case letters, digits and `-`, beginning with a letter or digit, 64 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard text.utf8.count <= 64, Name.isLowercaseWord(text), text.utf8.first != UInt8(ascii: "-") else {
            throw LockstepError(
                .invalidName,
                "not an office's name; it needs lower-case letters, digits and '-', 64 bytes at most, like 'ward-3'"
            )
        }
        self.text = text
    }

    public static func < (left: OfficeName, right: OfficeName) -> Bool { left.text < right.text }

    public var description: String { text }
}
