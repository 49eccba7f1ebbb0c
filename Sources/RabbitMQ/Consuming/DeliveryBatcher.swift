/// What has been delivered and not yet handed over, and when a batch of it is ready; pure.
struct DeliveryBatcher {
    private struct Arrival {
        let delivery: Delivery
        let at: ContinuousClock.Instant
        /// Whether it makes a batch of its own.
        let isAlone: Bool
    }

    private let batching: Batching
    private let isolateRedelivered: Bool
    /// Whether what is redelivered is known to be harmless: as long as nothing else comes, since a queue hands out first what
    /// it has handed out before.
    private var trustsRedelivered: Bool
    /// Whether only what is suspicious makes a batch of its own.
    private let joinsUnsuspicious: Bool
    private var arrivals = Fifo<Arrival>()
    /// How many at the front are known not to be alone: each is looked at once.
    private var plain = 0

    init(
        batching: Batching, isolateRedelivered: Bool, trustsRedelivered: Bool = false, joinsUnsuspicious: Bool = false
    ) {
        self.batching = batching
        self.isolateRedelivered = isolateRedelivered
        self.trustsRedelivered = trustsRedelivered
        self.joinsUnsuspicious = joinsUnsuspicious
    }

    /// When the oldest delivery has waited long enough; `nil` where nothing waits or nothing has to.
    var deadline: ContinuousClock.Instant? {
        guard let window = batching.window, let first = arrivals.first else { return nil }
        return first.at + window
    }

    mutating func add(_ deliveries: [Delivery], at now: ContinuousClock.Instant) {
        for delivery in deliveries {
            if !delivery.redelivered { trustsRedelivered = false }
            let isAlone =
                isolateRedelivered && delivery.redelivered && !trustsRedelivered
                && (!joinsUnsuspicious || delivery.isSuspicious)
            if plain == arrivals.count, !isAlone { plain += 1 }
            arrivals.append(Arrival(delivery: delivery, at: now, isAlone: isAlone))
        }
    }

    /// Takes the next batch where one is ready; never an empty one.
    ///
    /// - Parameter onlyFull: Whether only a batch that waiting would not make longer is taken, and none with a delivery
    ///   that is to be alone.
    mutating func next(at now: ContinuousClock.Instant, onlyFull: Bool = false) -> [Delivery]? {
        guard let first = arrivals.first else { return nil }
        if first.isAlone {
            return onlyFull ? nil : arrivals.popFirst().map { [$0.delivery] }
        }
        let isDue = !onlyFull && (deadline.map { now >= $0 } ?? true)
        // One further back that is alone ends the batch: waiting would not make it longer.
        let available = lengthOfNextBatch()
        guard isDue || available.isFinal else { return nil }
        var batch: [Delivery] = []
        batch.reserveCapacity(available.count)
        for _ in 0..<available.count {
            if let arrival = arrivals.popFirst() { batch.append(arrival.delivery) }
        }
        plain = max(0, plain - available.count)
        return batch
    }

    private mutating func lengthOfNextBatch() -> (count: Int, isFinal: Bool) {
        let most = min(arrivals.count, batching.limit)
        while plain < most, !arrivals[plain].isAlone { plain += 1 }
        if plain < most { return (plain, true) }
        return (most, most == batching.limit)
    }
}
