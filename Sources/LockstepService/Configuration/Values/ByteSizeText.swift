/// Numbers of bytes as people write them: `65536`, `512 KiB`, `1 MiB`.
public enum ByteSizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// Reads a whole number and its unit, or bytes without one; nil if the text is no size, or one above 1,024 GiB.
    public static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits),
            let factor = units.first(where: { $0.name == (unit.isEmpty ? "B" : unit) })?.bytes,
            number <= (1 << 40) / factor
        else { return nil }
        return number * factor
    }

    /// Writes a size with the largest unit that leaves a whole number.
    public static func text(_ bytes: Int) -> String {
        guard bytes != 0, let unit = units.first(where: { bytes % $0.bytes == 0 }) else { return "0 B" }
        return "\(bytes / unit.bytes) \(unit.name)"
    }
}
