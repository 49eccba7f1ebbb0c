/// Durations as people write them: `500ms`, `1s`, `2m`, `1h`, `7d`.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads a whole number and its unit; nil if the text is no duration, or one of more than a hundred years.
    public static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard let number = Int64(digits), let factor = units.first(where: { $0.name == unit })?.milliseconds,
            number <= 36_525 * 86_400_000 / factor
        else { return nil }
        return .milliseconds(number * factor)
    }

    /// Writes a duration with the largest unit that leaves a whole number; less than a millisecond goes.
    public static func text(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0, let unit = units.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
