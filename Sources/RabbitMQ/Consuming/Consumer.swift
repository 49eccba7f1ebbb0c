import Synchronization

/// A call of `consume`, over all channels that it lives through.
final class Consumer: Sendable {
    private struct State {
        var isFinished = false
        var tag: String
        var feed: DeliveryFeed?
        var waiter: CheckedContinuation<Void, Never>?
    }

    let queue: String
    private let state: Mutex<State>

    init(queue: String, tag: String) {
        self.queue = queue
        state = Mutex(State(tag: tag))
    }

    /// Whether it was asked to end.
    var isFinished: Bool { state.withLock(\.isFinished) }

    var status: ConsumerStatus {
        state.withLock { ConsumerStatus(queue: queue, tag: $0.tag, isSubscribed: $0.feed != nil) }
    }

    /// Notes that the broker knows it.
    func subscribed(_ subscription: Connection.Subscription) {
        let isFinished = state.withLock { state in
            state.feed = subscription.feed
            state.tag = subscription.tag
            return state.isFinished
        }
        if isFinished { subscription.feed.finish() }
    }

    /// Notes that the broker no longer knows it.
    func unsubscribed() {
        state.withLock { $0.feed = nil }
    }

    /// Ends it, once the batch in hand is done.
    func finish() {
        let (feed, waiter) = state.withLock { state in
            state.isFinished = true
            return (state.feed, state.waiter.take())
        }
        feed?.finish()
        waiter?.resume()
    }

    /// Waits for `body`, but no longer than until the consumer is to end.
    ///
    /// - Returns: whether `body` came to its end.
    func unlessFinished(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await body()
                    return true
                } catch is CancellationError where self.isFinished {
                    return false
                }
            }
            group.addTask {
                await self.untilFinished()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func untilFinished() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if state.isFinished || Task.isCancelled { return true }
                    state.waiter = waiter
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
