import Synchronization

/// Where tasks wait until a connection is ready.
final class ReadinessGate: Sendable {
    private enum Position {
        case closed
        case open
        case ended(RabbitMQError)
    }

    private struct State {
        var position = Position.closed
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Lets everybody through from now on.
    func open() {
        for waiter in release({ $0.position = .open }) { waiter.resume() }
    }

    /// Makes everybody wait from now on.
    func close() {
        state.withLock { state in
            if case .open = state.position { state.position = .closed }
        }
    }

    /// Fails everybody from now on.
    func end(_ error: RabbitMQError) {
        for waiter in release({ $0.position = .ended(error) }) { waiter.resume(throwing: error) }
    }

    /// Waits until the gate is open.
    ///
    /// - Throws: the error it was ended with, or `CancellationError`.
    func wait() async throws {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(waiter) != nil { return .failure(CancellationError()) }
                    switch state.position {
                    case .open: return .success(())
                    case .ended(let error): return .failure(error)
                    case .closed:
                        state.waiters[waiter] = continuation
                        return nil
                    }
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                guard let waiting = state.waiters.removeValue(forKey: waiter) else {
                    // The wait has not begun, or is over; a number is used once, so the note does no harm.
                    state.cancelled.insert(waiter)
                    return nil as CheckedContinuation<Void, any Error>?
                }
                return waiting
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func release(_ change: (inout State) -> Void) -> [CheckedContinuation<Void, any Error>] {
        state.withLock { state in
            if case .ended = state.position { return [] }
            change(&state)
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
    }
}
