/// A day or a time as other systems write it, and no more than they say.
enum WrittenDate: Sendable, Hashable {
    /// A whole day, in whatever time zone.
    case day(CivilDate)
    /// What clocks of some time zone show, as if it were UTC.
    case local(Timestamp)
    /// A moment: its offset stands with it.
    case moment(Timestamp)

    /// Reads `2024-04-01` or `2024/04/01`, alone or followed by a time, and that by an offset; nil if it is anything else.
    ///
    /// As in RFC 3339; blanks instead of `T`, no seconds, and `+00` instead of `+00:00`, are taken, too.
    init?(_ text: String) {
        var scanner = DigitScanner(text)
        var date = scanner.date(separator: UInt8(ascii: "-"))
        if date == nil {
            scanner = DigitScanner(text)
            date = scanner.date(separator: UInt8(ascii: "/"))
        }
        guard let date else { return nil }
        if scanner.isAtEnd {
            self = .day(date)
            return
        }
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
        let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        let local = seconds * 1_000_000 + Int64(fraction)
        if scanner.isAtEnd {
            self = .local(Timestamp(microseconds: local))
            return
        }
        guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
        self = .moment(Timestamp(microseconds: local - Int64(offset) * 1_000_000))
    }
}
