/// Who made a change: `core`, `ward-3` (the CloudEvents attribute `source`).
public struct Origin: Sendable, CustomStringConvertible {
    /// The name, or the URI of a system that is not Lockstep's.
    public let text: String

    /// Takes an origin: not empty, no blanks or control characters, 200 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard !text.isEmpty, text.utf8.count <= 200, !Name.hasControlCharacters(text), !text.utf8.contains(0x20) else {
            throw LockstepError(
                .invalidName,
                "not an origin (CloudEvents 'source'); it must not be empty, hold blanks or control characters, "
                    + "or exceed 200 bytes"
            )
        }
        self.text = text
    }

    public var description: String { text }
}

extension Origin: Hashable, Comparable {
    public static func == (left: Origin, right: Origin) -> Bool { ByteOrder.equal(left.text, right.text) }

    public static func < (left: Origin, right: Origin) -> Bool { ByteOrder.precedes(left.text, right.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
