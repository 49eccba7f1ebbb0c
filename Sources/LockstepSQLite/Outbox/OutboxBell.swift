import Synchronization

/// Wakes one who waits; a signal that nobody waits for is kept for who comes next.
final class OutboxBell: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<Bool, Never>
        let awaitsWrites: Bool
    }

    private struct State {
        var hasCommitted = false
        var hasWritten = false
        var waiter: Waiter?

        /// Takes the signals that somebody waits for; false where there are none.
        mutating func takeSignals(orWrites awaitsWrites: Bool) -> Bool {
            guard hasCommitted || awaitsWrites && hasWritten else { return false }
            hasCommitted = false
            if awaitsWrites { hasWritten = false }
            return true
        }
    }

    private let state = Mutex(State())

    /// Says that a transaction has committed: its rows can be read.
    func ring() {
        signal { $0.hasCommitted = true }
    }

    /// Says that somebody writes: a transaction may commit soon.
    func ringForWrite() {
        signal { $0.hasWritten = true }
    }

    /// Forgets the commits so far: whoever looks now sees them.
    func forgetCommits() {
        state.withLock { $0.hasCommitted = false }
    }

    /// Whether somebody has written since somebody was told so.
    func takeWrite() -> Bool {
        state.withLock { state in
            defer { state.hasWritten = false }
            return state.hasWritten
        }
    }

    /// Waits for a commit, or also for a write, for so long or until the task is cancelled; one may wait at a time.
    ///
    /// - Returns: Whether there was any.
    func wait(orForWrite awaitsWrites: Bool, atMost time: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(orForWrite: awaitsWrites) }
            group.addTask {
                try? await Task.sleep(for: time)
                return false
            }
            var hasRung = false
            // Both answer, since it may ring at the last moment.
            for await answer in group {
                hasRung = hasRung || answer
                group.cancelAll()
            }
            return hasRung
        }
    }

    private func wait(orForWrite awaitsWrites: Bool) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.takeSignals(orWrites: awaitsWrites) { return true }
                    if Task.isCancelled { return false }
                    state.waiter = Waiter(continuation: continuation, awaitsWrites: awaitsWrites)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func signal(_ change: (inout State) -> Void) {
        let waiter: Waiter? = state.withLock { state in
            change(&state)
            guard let waiter = state.waiter, state.takeSignals(orWrites: waiter.awaitsWrites) else { return nil }
            state.waiter = nil
            return waiter
        }
        waiter?.continuation.resume(returning: true)
    }
}
