/// Since when reports do not reach the ledger, if they do not: so that this is said once, and so is that they do again.
///
/// Where the broker refused them with an error, nothing is tried for a while: each refusal costs a channel, which
/// disturbs other publishers.
struct ReportGap {
    /// For how long.
    static let silence = Duration.seconds(30)

    private let silence: Duration
    private var hasWarned = false
    private var silentUntil: ContinuousClock.Instant?
    /// How much was not reported meanwhile.
    private(set) var dropped = 0

    init(silence: Duration = Self.silence) {
        self.silence = silence
    }

    /// Whether nothing is to be tried now.
    func isSilent(at now: ContinuousClock.Instant) -> Bool { silentUntil.map { now < $0 } ?? false }

    /// Counts what is not reported.
    mutating func drop(_ count: Int) { dropped += count }

    /// The broker has refused a report with an error, or not answered.
    mutating func keepSilent(from now: ContinuousClock.Instant) { silentUntil = now + silence }

    /// Whether it is news that reports do not get through, and is to be said.
    mutating func isNews() -> Bool {
        defer { hasWarned = true }
        return !hasWarned
    }

    /// A report got through; returns how much did not before, if that was said.
    mutating func end() -> Int? {
        defer { self = ReportGap(silence: silence) }
        return hasWarned ? dropped : nil
    }
}
