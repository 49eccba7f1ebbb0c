/// Reads the digits and marks of dates and times.
struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(anyOf marks: String) -> Bool {
        guard position < bytes.count, marks.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    /// Exactly so many digits.
    mutating func number(digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + digits] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += digits
        return value
    }

    /// Year, month and day with the same mark between them.
    mutating func date(separator: UInt8) -> CivilDate? {
        let mark = String(Unicode.Scalar(separator))
        guard let year = number(digits: 4), skip(anyOf: mark),
            let month = number(digits: 2), skip(anyOf: mark),
            let day = number(digits: 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// A fraction of a second in microseconds; 0 where there is none, nil where a point stands without digits.
    mutating func fraction() -> Int? {
        guard skip(anyOf: ".,") else { return 0 }
        var value = 0
        var count = 0
        while let digit = number(digits: 1) {
            if count < 6 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    /// The offset from UTC in seconds: `Z`, `+02:00`, `+0200` or `+02`.
    mutating func offset() -> Int? {
        if skip(anyOf: "Zz") { return 0 }
        let sign: Int
        if skip(anyOf: "+") {
            sign = 1
        } else if skip(anyOf: "-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        let separated = skip(anyOf: ":")
        guard let minutes = number(digits: 2) else { return separated ? nil : sign * hours * 3600 }
        return minutes < 60 ? sign * (hours * 3600 + minutes * 60) : nil
    }
}
