/// The rules that names in Lockstep share.
enum Name {
    /// The longest routing key that AMQP 0-9-1 can carry, in bytes (a short string).
    static let longestRoutingKey = 255

    static func isLowercaseWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isOfWord)
    }

    /// Words joined by dots.
    static func isDottedWords(_ text: String) -> Bool {
        var isInWord = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard isInWord else { return false }
                isInWord = false
            } else {
                guard isOfWord(byte) else { return false }
                isInWord = true
            }
        }
        return isInWord
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    static func hasControlCharacters(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in bytes.contains { $0 < 0x20 || $0 == 0x7F } }
    }
}
