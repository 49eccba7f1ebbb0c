import Lockstep
import Synchronization

/// One office of an engine, from its registration to its end.
final class EngineOffice: Sendable {
    let subscription: Subscription
    var name: OfficeName { subscription.office }
    /// It is at work, or cannot be.
    private let hasBegun = Signal()
    private let isAsked = Signal()
    private let hasEnded = Signal()
    private let state: Mutex<State>
    private let service: @Sendable (EngineOffice) -> OfficeService

    private struct State {
        /// Whether its registration waits until it is at work, and takes its first failure for the last.
        var isAwaited: Bool
        var failure: (any Error)?
    }

    /// - Parameters:
    ///   - isAwaited: Whether its registration waits until it is at work.
    ///   - service: Makes what does the work.
    init(_ subscription: Subscription, isAwaited: Bool, service: @escaping @Sendable (EngineOffice) -> OfficeService) {
        self.subscription = subscription
        state = Mutex(State(isAwaited: isAwaited))
        self.service = service
    }

    /// Does the office's work until it is stopped, the service shuts down or the task is cancelled.
    func work() async {
        defer { finish() }
        guard !isAsked.isGiven else { return }
        let (service, isAsked) = (service(self), isAsked)
        await withTaskGroup(of: Void.self) { group in
            // What it throws was logged, or told to whoever waits for its beginning.
            group.addTask { try? await service.run() }
            group.addTask { await isAsked.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// The office is at work.
    func isAtWork() {
        state.withLock { state in
            state.isAwaited = false
            state.failure = nil
        }
        hasBegun.give()
    }

    /// The office cannot work; returns whether that ends it, since whoever registers it is told.
    func cannotWork(_ error: any Error) -> Bool {
        let isAwaited = state.withLock { state in
            state.failure = error
            return state.isAwaited
        }
        hasBegun.give()
        return isAwaited
    }

    /// Waits until the office is at work, or has failed for the first time.
    ///
    /// - Throws: Why it cannot work, or `CancellationError`.
    func waitUntilAtWork() async throws {
        await hasBegun.wait()
        try Task.checkCancellation()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Asks the office to stop; what it has in hand goes back to its queue.
    func stop() {
        isAsked.give()
    }

    /// Waits until the office has stopped.
    func waitUntilStopped() async {
        await hasEnded.wait()
    }

    /// Tells everybody who waits that nothing more comes.
    func finish() {
        state.withLock { state in
            if !hasBegun.isGiven { state.failure = SyncEngine.stopped }
        }
        hasBegun.give()
        hasEnded.give()
    }
}
