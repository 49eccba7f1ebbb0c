import EventThread
import Synchronization

/// What flows from the pump to one consumer, for the life of its channel.
///
/// The consumer's task takes batches without hopping to the connection's thread; it sleeps only where nothing is
/// ready.
final class DeliveryFeed: Sendable {
    /// What the consumer's task gets.
    enum Next: Sendable {
        case batch([Delivery])
        /// The consumer is to end, as it was asked to.
        case finished
        /// The channel is gone, and with it all that was not settled.
        case lost(RabbitMQError)
    }

    private struct State {
        var batcher: DeliveryBatcher
        var waiter: CheckedContinuation<Next, Never>?
        var end: Next?
        /// Whether a batch is in hand: then the next one may still grow.
        var isBusy = false
    }

    private let state: Mutex<State>
    private let thread: EventThread
    /// Whether a batch may have to wait for its time.
    let isTimed: Bool

    init(options: ConsumerOptions, thread: EventThread) {
        let batcher = DeliveryBatcher(
            batching: options.batching, isolateRedelivered: options.isolateRedelivered,
            trustsRedelivered: options.trustsRedelivered, joinsUnsuspicious: options.joinsUnsuspicious)
        state = Mutex(State(batcher: batcher))
        isTimed = options.batching.window != nil
        self.thread = thread
    }

    /// Notes whether a batch is in hand; meanwhile only full ones are handed over.
    func setBusy(_ isBusy: Bool) {
        wake { $0.isBusy = isBusy }
        if isTimed, !isBusy, state.withLock({ $0.waiter != nil && $0.batcher.deadline != nil }) { thread.interrupt() }
    }

    /// Why there are no more batches, if so.
    var end: Next? { state.withLock(\.end) }

    /// The next batch, as soon as there is one; for one task at a time.
    func next() async -> Next {
        if let ready = state.withLock({ Self.take(from: &$0, at: .now) }) { return ready }
        return await withCheckedContinuation { continuation in
            let (ready, isTicking) = state.withLock { state in
                let ready = Self.take(from: &state, at: .now)
                if ready == nil { state.waiter = continuation }
                return (ready, state.batcher.deadline != nil)
            }
            if let ready { continuation.resume(returning: ready) }
            // The pump's timer must learn that somebody waits for what is there; what is yet to come tells it so itself.
            if isTimed, ready == nil, isTicking { thread.interrupt() }
        }
    }

    /// Whether the consumer is to end in good order, after the batch in hand.
    var isFinished: Bool {
        state.withLock { if case .finished = $0.end { true } else { false } }
    }

    /// What has arrived and was not handed over, also once the feed has ended.
    func rest() -> [Delivery] {
        state.withLock { state in
            var rest: [Delivery] = []
            // As if all had waited long enough.
            while let batch = state.batcher.next(at: state.batcher.deadline ?? .now) { rest += batch }
            return rest
        }
    }

    /// Adds what has arrived.
    func push(_ deliveries: [Delivery], at now: ContinuousClock.Instant) {
        wake { $0.batcher.add(deliveries, at: now) }
    }

    /// Hands over what has waited long enough; returns when that will be the case next.
    func tick(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        wake(at: now) { _ in }
        return state.withLock { $0.waiter == nil || $0.isBusy ? nil : $0.batcher.deadline }
    }

    /// Ends the feed once the batch in hand is done; what is not handed over stays with the broker.
    func finish() {
        wake { state in
            if state.end == nil { state.end = .finished }
        }
    }

    /// Ends the feed, since its channel is gone.
    func lose(_ error: RabbitMQError) {
        wake { state in
            if state.end == nil { state.end = .lost(error) }
        }
    }

    private func wake(at now: ContinuousClock.Instant = .now, _ change: (inout State) -> Void) {
        let resumed = state.withLock { state in
            change(&state)
            guard let waiter = state.waiter, let next = Self.take(from: &state, at: now) else {
                return nil as (CheckedContinuation<Next, Never>, Next)?
            }
            state.waiter = nil
            return (waiter, next)
        }
        if let (waiter, next) = resumed { waiter.resume(returning: next) }
    }

    private static func take(from state: inout State, at now: ContinuousClock.Instant) -> Next? {
        state.end ?? state.batcher.next(at: now, onlyFull: state.isBusy).map(Next.batch)
    }
}
