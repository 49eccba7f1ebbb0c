import Synchronization

/// Something that happens once, and that any number of tasks may wait for.
final class Signal: Sendable {
    private struct State {
        var isGiven = false
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Whether it has happened.
    var isGiven: Bool { state.withLock { $0.isGiven } }

    /// It has happened; whoever waits goes on.
    func give() {
        let waiters = state.withLock { state in
            state.isGiven = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Waits until it has happened, or the task is cancelled.
    func wait() async {
        let (stream, waiter) = AsyncStream.makeStream(of: Void.self)
        let isGiven = state.withLock { state in
            if !state.isGiven { state.waiters.append(waiter) }
            return state.isGiven
        }
        guard !isGiven else { return }
        for await _ in stream {}
    }
}
