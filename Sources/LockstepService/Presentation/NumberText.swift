/// Numbers as people read them.
public enum NumberText {
    /// A whole number with commas between thousands: `12,345`.
    public static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (number < 0 ? "-" : "") + grouped
    }

    /// A number with one digit after the point, none from 100 on: `0.4`, `99.9`, `1,234`.
    public static func rate(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        let tenths = (number * 10).rounded()
        if abs(tenths) >= 1_000 { return grouped(Int(number.rounded())) }
        let whole = Int(abs(tenths)) / 10
        return (tenths < 0 ? "-" : "") + "\(whole).\(Int(abs(tenths)) % 10)"
    }

    /// A delay with two or three digits that count: `0 ms`, `950 ms`, `1.2 s`, `12 m`, `3.4 h`.
    public static func delay(milliseconds: Int) -> String {
        switch milliseconds {
        case ..<1_000: return "\(milliseconds) ms"
        case ..<60_000: return rate(Double(milliseconds) / 1_000) + " s"
        case ..<3_600_000: return rate(Double(milliseconds) / 60_000) + " m"
        default: return rate(Double(milliseconds) / 3_600_000) + " h"
        }
    }

    /// An age with the two largest units that count: `0 s`, `59 s`, `12 m 5 s`, `3 h 24 m`, `2 d 5 h`.
    public static func age(seconds: Int) -> String {
        func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
            "\(grouped(large)) \(unit)" + (small == 0 ? "" : " \(small) \(smallUnit)")
        }
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return pair(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3_600, "h", seconds / 60 % 60, "m")
        default: return pair(seconds / 86_400, "d", seconds / 3_600 % 24, "h")
        }
    }

    /// A count and its noun: `1 event`, `2 events`.
    ///
    /// - Parameter plural: Where it takes more than an `s`.
    public static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        grouped(number) + " " + (number == 1 ? noun : plural ?? noun + "s")
    }
}
