/// Keeps work at a rate: says how much may be done at once, and how long to wait then.
struct RatePacer: Sendable {
    private let rate: Int?
    private let start = ContinuousClock.now
    private var done = 0

    /// A pacer; nil does not hold anything up.
    init(perSecond rate: Int?) {
        self.rate = rate.map { max(1, $0) }
    }

    /// How much may be done at once: a tenth of a second's worth.
    var slice: Int? { rate.map { max(1, $0 / 10) } }

    /// How much is done in two seconds.
    var handful: Int? { rate.map { $0 * 2 } }

    /// Notes what was done; returns when more may be; nil: at once.
    mutating func next(after count: Int) -> ContinuousClock.Instant? {
        guard let rate else { return nil }
        done += count
        return start + .seconds(Double(done) / Double(rate))
    }
}
