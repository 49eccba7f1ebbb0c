import Synchronization

/// Lets one task wait until so many things have happened.
final class Countdown: Sendable {
    private struct State {
        var left: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(left: count))
    }

    func happened(_ times: Int) {
        let waiter = state.withLock { state in
            state.left -= times
            return state.left <= 0 ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// Waits for the last of them, or for the task's cancellation.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if state.left <= 0 || Task.isCancelled { return true }
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
