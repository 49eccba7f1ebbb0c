/// Spreads requests so that no more are sent in a minute than a receiver allows; pure.
struct PostingRate: Sendable {
    /// The longest wait that is waited out; who would wait for longer comes again later.
    static let patience = Duration.seconds(2)

    /// What becomes of a request.
    enum Decision: Sendable, Hashable {
        case send(after: Duration)
        case later(after: Duration)
    }

    /// The most requests a minute.
    let perMinute: Int
    private var next = Duration.zero

    init(perMinute: Int) {
        self.perMinute = perMinute
    }

    /// Decides about a request at `now`, a time on a clock that only goes forward.
    mutating func decide(at now: Duration) -> Decision {
        let start = max(next, now)
        let wait = start - now
        guard wait <= Self.patience else { return .later(after: wait) }
        next = start + .seconds(60) / perMinute
        return .send(after: wait)
    }
}
