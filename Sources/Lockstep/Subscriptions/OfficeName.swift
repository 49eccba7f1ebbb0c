/// The name of an office, like `ward-3`: part of its queue's name, its replica's file and its connection's name.
///
/// Upper and lower case are different letters, in the broker and in every list. Where one process or one configuration
/// names two offices that differ in nothing else, it refuses: file systems and people take them for the same.
public struct OfficeName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Takes a name: ASCII letters, digits and `-`, beginning with a letter or digit, 64 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard text.utf8.count <= 64, Name.isWord(text), !text.utf8.contains(UInt8(ascii: "_")),
            text.utf8.first != UInt8(ascii: "-")
        else {
            throw LockstepError(
                .invalidName,
                "not an office's name; it needs letters, digits and '-', 64 bytes at most, like 'ward-3'"
            )
        }
        self.text = text
    }

    /// Whether it is the same name in other upper and lower case.
    public func differsOnlyInCase(from other: OfficeName) -> Bool {
        self != other && text.lowercased() == other.text.lowercased()
    }

    public static func < (left: OfficeName, right: OfficeName) -> Bool { left.text < right.text }

    public var description: String { text }
}
