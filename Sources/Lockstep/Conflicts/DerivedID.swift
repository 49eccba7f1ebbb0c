/// Names that are derived from what they name: the same wherever that is the same.
enum DerivedID {
    /// A UUID of version 8 (RFC 9562, section 5.8) of some texts: two 64-bit hashes of them (FNV-1a).
    static func text(of parts: [String]) -> String {
        var (high, low): (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142)
        func take(_ byte: UInt8) {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01B3
            low = (low ^ UInt64(byte) ^ high >> 32) &* 0x100_0000_01B3
        }
        for part in parts {
            for byte in part.utf8 { take(byte) }
            // No text holds this byte, so that where one ends counts, too.
            take(0xFF)
        }
        let digits = Array(
            Hexadecimal.text(high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000)
                + Hexadecimal.text(low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
