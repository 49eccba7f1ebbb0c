import Lockstep

/// Reads the header `Retry-After` (RFC 9110, section 10.2.3); pure.
enum RetryAfter {
    /// The shortest and the longest time that an answer can ask for.
    static let range = Duration.seconds(1)...Duration.seconds(3600)

    /// How long to wait, within ``range``; nil: the value is neither seconds nor a date, and counts for nothing.
    static func duration(_ text: String, at now: Timestamp) -> Duration? {
        let text = text.trimmingBlanks
        if !text.isEmpty, text.utf8.allSatisfy(isDigit) {
            // More digits than a number has are a long time, too.
            return clamped(.seconds(Int64(text).map { min($0, 1 << 32) } ?? 1 << 32))
        }
        guard let time = date(text) else { return nil }
        let distance = time.microseconds.subtractingReportingOverflow(now.microseconds)
        return clamped(distance.overflow ? range.upperBound : .microseconds(distance.partialValue))
    }

    private static func clamped(_ duration: Duration) -> Duration {
        min(max(duration, range.lowerBound), range.upperBound)
    }

    /// The three forms of a date in HTTP (RFC 9110, section 5.6.7), the obsolete ones too.
    static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
            return moment(year: words[3], month: words[2], day: words[1], time: words[4])
        case 5:  // Sun Nov  6 08:49:37 1994
            return moment(year: words[4], month: words[1], day: words[2], time: words[3])
        case 4 where words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
            let parts = words[1].split(separator: "-").map(String.init)
            guard parts.count == 3, parts[2].utf8.count == 2, let year = Int(parts[2]) else { return nil }
            return moment(
                year: year < 70 ? "20\(parts[2])" : "19\(parts[2])", month: parts[1], day: parts[0], time: words[2])
        default: return nil
        }
    }

    private static func moment(year: String, month: String, day: String, time: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let index = months.firstIndex(of: month) else { return nil }
        func twoDigits(_ text: String) -> String { text.utf8.count == 1 ? "0" + text : text }
        return Timestamp(rfc3339: "\(year)-\(twoDigits("\(index + 1)"))-\(twoDigits(day))T\(time)Z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let front = drop { $0 == " " || $0 == "\t" }
        return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
