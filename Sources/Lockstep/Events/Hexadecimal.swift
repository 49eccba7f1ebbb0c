/// Sixteen lower-case hexadecimal digits for 64 bits, and back.
enum Hexadecimal {
    static let digits = 16

    static func text(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: digits) { buffer in
            write(value, into: buffer)
            return digits
        }
    }

    /// Writes the digits to the beginning of a buffer that has room for them.
    static func write(_ value: UInt64, into buffer: UnsafeMutableBufferPointer<UInt8>) {
        for index in 0..<digits {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 0xF
            buffer[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }

    /// The value of exactly 16 digits; nil if there are more, fewer, or others.
    static func value(_ digits: some StringProtocol) -> UInt64? {
        guard digits.utf8.count == 16 else { return nil }
        var value: UInt64 = 0
        for byte in digits.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt64(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}
