import Synchronization

/// What handlers saw, from whichever thread; a test can wait for its amount.
final class Collected<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var all: [Element] { state.withLock(\.elements) }
    var count: Int { state.withLock(\.elements.count) }

    func append(_ elements: [Element]) {
        let waiter = state.withLock { state in
            state.elements += elements
            guard let waiter = state.waiter, state.elements.count >= waiter.count else {
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Waits until this many have come, or the task is cancelled; for one task at a time.
    func untilCount(_ count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.elements.count >= count || Task.isCancelled { return true }
                    state.waiter = (count, continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take()?.continuation }?.resume()
        }
    }
}

/// A flag that is set once, from whichever thread.
final class Flag: Sendable {
    private let state = Atomic<Bool>(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() { state.store(true, ordering: .releasing) }
}
