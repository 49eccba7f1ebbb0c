/// A moment: microseconds since 1970-01-01T00:00:00Z, written as in RFC 3339.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970; negative before.
    public let microseconds: Int64

    /// A moment, in microseconds since 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Milliseconds since 1970, rounded down.
    public var milliseconds: Int64 { microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000 }

    /// The moment so much later.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// Reads `2024-04-01T08:30:00.5-04:00` (RFC 3339, section 5.6); nil if it is anything else.
    ///
    /// A leap second counts as the second after it. Digits beyond microseconds are dropped.
    public init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(separator: UInt8(ascii: "-")),
            scanner.skip(anyOf: "Tt "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(anyOf: ":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(anyOf: ":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        let fraction = scanner.fraction()
        guard let offset = scanner.offset(), scanner.isAtEnd, let fraction else { return nil }
        let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        self.init(microseconds: seconds * 1_000_000 + Int64(fraction))
    }

    /// The moment in UTC with as many digits of the second as it needs: none, three or six.
    public var rfc3339: String {
        let seconds = microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
        let fraction = Int(microseconds - seconds * 1_000_000)
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = Int(seconds - days * 86_400)
        let date = CivilDate(daysSince1970: Int(days))
        var writer = DigitWriter()
        date.write(to: &writer)
        for (mark, number) in [("T" as Unicode.Scalar, rest / 3600), (":", rest / 60 % 60), (":", rest % 60)] {
            writer.append(mark)
            writer.append(number, digits: 2)
        }
        if fraction != 0 {
            writer.append(".")
            let isRound = fraction % 1000 == 0
            writer.append(isRound ? fraction / 1000 : fraction, digits: isRound ? 3 : 6)
        }
        writer.append("Z")
        return writer.text
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String { rfc3339 }
}
