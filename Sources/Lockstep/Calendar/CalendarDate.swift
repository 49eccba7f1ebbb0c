/// Reads the dates that other systems write.
public enum CalendarDate {
    /// A day or a moment in its normal form; nil if the text is no date.
    ///
    /// Understood: `2024-04-01`, `2024/04/01`, and either of them followed by a time and an offset (RFC 3339; blanks
    /// instead of `T`, and `+00` instead of `+00:00`, are taken, too). A time without an offset counts as UTC.
    /// Midnight UTC counts as a day: that is how registers without times export their days.
    public static func normalized(_ text: String) -> String? {
        var scanner = DigitScanner(text)
        var date = scanner.date(separator: UInt8(ascii: "-"))
        if date == nil {
            scanner = DigitScanner(text)
            date = scanner.date(separator: UInt8(ascii: "/"))
        }
        guard let date else { return nil }
        if scanner.isAtEnd { return date.description }

        guard scanner.skip(anyOf: "Tt "), let hour = scanner.number(digits: 2), hour < 24, scanner.skip(anyOf: ":"),
            let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        var second = 0
        if scanner.skip(anyOf: ":") {
            guard let digits = scanner.number(digits: 2), digits <= 60 else { return nil }
            second = digits
        }
        guard let fraction = scanner.fraction() else { return nil }
        _ = scanner.skip(anyOf: " ")
        let offset = scanner.isAtEnd ? 0 : scanner.offset()
        guard let offset, scanner.isAtEnd else { return nil }
        let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        guard seconds % 86_400 != 0 || fraction != 0 else {
            return CivilDate(daysSince1970: Int(seconds / 86_400)).description
        }
        return Timestamp(microseconds: seconds * 1_000_000 + Int64(fraction)).rfc3339
    }
}
