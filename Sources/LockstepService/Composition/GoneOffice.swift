import Synchronization

/// The pause of an office whose system has said that it is gone, where nobody keeps pauses: it ends with the process.
final class GoneOffice: Sendable {
    private struct State {
        var reason: String?
        var listeners: [AsyncStream<String?>.Continuation] = []
    }

    private let state = Mutex(State())

    /// The office's system has said that it is gone.
    func note(_ reason: String) {
        let listeners = state.withLock { state in
            state.reason = reason
            return state.listeners
        }
        for listener in listeners { listener.yield(reason) }
    }

    /// Why the office is paused, at once and when it is; see ``PausableWork/pauses``.
    var pauses: AsyncStream<String?> {
        let (pauses, listener) = AsyncStream.makeStream(of: String?.self)
        state.withLock { state in
            state.listeners.append(listener)
            listener.yield(state.reason)
        }
        return pauses
    }
}
