/// How far long work has come, as one line: a bar, counts, rate, and how long it will take.
public struct ProgressLine: Sendable, Hashable {
    /// What is counted, like `events`.
    public var noun: String
    /// How many are done.
    public var done: Int
    /// How many there are in all; nil: nobody knows.
    public var total: Int?
    /// How long it has taken so far.
    public var elapsed: Duration

    /// A line.
    public init(_ noun: String, done: Int, total: Int? = nil, elapsed: Duration) {
        self.noun = noun
        self.done = done
        self.total = total
        self.elapsed = elapsed
    }

    /// The line, at most that many characters wide.
    public func text(width: Int = 80) -> String {
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var text = NumberText.grouped(done)
        if let total { text += " of \(NumberText.grouped(total))" }
        text += " \(noun)"
        if seconds >= 0.5 { text += ", \(NumberText.rate(rate))/s" }
        if let total, done < total, rate > 0, seconds >= 0.5 {
            text += ", \(Self.clock(Int((Double(total - done) / rate).rounded(.up)))) left"
        }
        guard let total, total > 0 else { return String(text.prefix(width)) }

        let share = min(1, Double(done) / Double(total))
        let percent = String(Int(share * 100)).leftPadded(to: 3) + "%"
        let room = min(30, width - text.count - percent.count - 5)
        guard room >= 8 else { return String("\(percent) \(text)".prefix(width)) }
        let filled = Int(share * Double(room))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled)
        return "[\(bar)] \(percent)  \(text)"
    }

    /// Seconds as `0:05`, `12:34` or `1:02:03`.
    private static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(seconds < 3_600 ? "\(seconds / 60)" : two(seconds / 60 % 60)):\(two(seconds % 60))"
        return seconds < 3_600 ? minutes : "\(seconds / 3_600):\(minutes)"
    }
}
