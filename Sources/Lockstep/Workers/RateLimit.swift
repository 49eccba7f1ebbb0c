/// How many changes may be told of now, so that no more than so many are in a second: time comes in, decisions go out.
///
/// A bucket of tokens: full it holds a burst, and it fills by the rate. What was told of beyond that, as where an adapter
/// was asked again for a part of its changes, is owed: nothing passes until it is made good. So in any time there are
/// at most the rate's share of that time, and a burst, and what one call was asked again for.
struct RateLimit: Sendable, Hashable {
    /// What may pass now.
    enum Admission: Sendable, Hashable {
        /// So many changes, at least one.
        case changes(Int)
        /// Nothing, for so long.
        case nothing(for: Duration)
    }

    /// The most that pass at once after a rest.
    let burst: Int
    private let interval: Duration
    /// When the bucket is full again.
    private var full = Duration.zero

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - rate: Changes in a second, 1 to 100,000.
    ///   - burst: At least one.
    init(rate: Int, burst: Int) {
        self.burst = max(1, burst)
        interval = .seconds(1) / max(1, rate)
    }

    /// What may pass at `now`, a time on any clock that only goes forward.
    ///
    /// - Parameters:
    ///   - wanted: How many there are, at least one.
    ///   - share: How many of them are worth a call: fewer do not pass before.
    func admission(of wanted: Int, inSharesOf share: Int, at now: Duration) -> Admission {
        let needed = min(max(1, wanted), max(1, share), burst)
        // The bucket lacks what flows into it until it is full.
        let lack = max(.zero, full - now)
        let wait = lack + interval * needed - interval * burst
        guard wait <= .zero else { return .nothing(for: wait) }
        let there = burst - Int((lack / interval).rounded(.up))
        return .changes(min(max(1, wanted), max(needed, there)))
    }

    /// Notes that the office's system was told of so many.
    mutating func told(_ count: Int, at now: Duration) {
        guard count > 0 else { return }
        full = max(full, now) + interval * count
    }
}

extension Subscription {
    /// How deliveries are gathered where the pace is limited: no more than leave the worker's hands soon.
    ///
    /// What is more waits in the queue, where the broker does not count the time.
    var pacedDelivery: DeliveryMode {
        guard let rate = pace.rate else { return delivery }
        return DeliveryMode(
            events: min(delivery.events, delivery.within == nil ? rate : rate * Self.longestGathering),
            within: delivery.within)
    }

    /// For how many seconds of its rate a batch may be gathered.
    private static let longestGathering = 60

    /// The limit of its pace; nil: there is none.
    var rateLimit: RateLimit? { pace.rate.map { RateLimit(rate: $0, burst: pacedDelivery.events) } }

    /// How many changes are worth a call: those of a tenth of a second, or a whole batch.
    var rateShare: Int {
        let events = pacedDelivery.events
        guard delivery.within == nil, let rate = pace.rate else { return events }
        return min(events, max(1, rate / 10))
    }
}
