/// The name of one event, unique for its source (the CloudEvents attribute `id`).
///
/// Lockstep's own are UUIDs of version 7 (RFC 9562, section 5.7): they sort by the time they were made.
public struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Takes an id: not empty, no control characters, 200 bytes at most.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`.
    public init(_ text: String) throws(LockstepError) {
        guard !text.isEmpty, text.utf8.count <= 200, !Name.hasControlCharacters(text) else {
            throw LockstepError(
                .invalidName,
                "not an event id; it must not be empty, hold control characters or exceed 200 bytes"
            )
        }
        self.text = text
    }

    /// Makes an id for an event of this moment.
    ///
    /// - Parameters:
    ///   - milliseconds: The time since 1970, in milliseconds; 48 bits of it are kept.
    ///   - generator: Where the 74 random bits come from.
    public init(milliseconds: UInt64, using generator: inout some RandomNumberGenerator) {
        let high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | generator.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF
        let digits = Hexadecimal.text(high) + Hexadecimal.text(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
            text.append(digit)
        }
        self.text = text
    }

    public var description: String { text }
}
