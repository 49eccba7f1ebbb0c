/// The name of a record, like `permit/24-019651` (the CloudEvents attribute `subject`).
public struct Subject: Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Takes a name: not empty, no control characters, 512 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard !text.isEmpty, text.utf8.count <= 512, !Name.hasControlCharacters(text) else {
            throw LockstepError(
                .invalidName,
                "not a subject; it must not be empty, hold control characters or exceed 512 bytes"
            )
        }
        self.text = text
    }

    public var description: String { text }
}

extension Subject: Hashable, Comparable {
    public static func == (left: Subject, right: Subject) -> Bool { ByteOrder.equal(left.text, right.text) }

    public static func < (left: Subject, right: Subject) -> Bool { ByteOrder.precedes(left.text, right.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
