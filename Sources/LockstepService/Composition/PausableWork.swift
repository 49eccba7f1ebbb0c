import Logging
import ServiceLifecycle
import Synchronization

/// Work that stands still while somebody has paused it: what it has in hand is finished first, as at a shutdown.
struct PausableWork: Sendable {
    /// Says why the work is paused, at once and each time that changes; nil: it is not.
    ///
    /// Where the stream ends, what it said last holds.
    let pauses: @Sendable () -> AsyncStream<String?>
    /// Told why the work stands still, once it does, and when it goes on (nil); what is no news is not told.
    let shows: @Sendable (_ reason: String?) -> Void
    let logger: Logger

    /// Does the work until it ends by itself, or the service is to stop; anew after each pause.
    ///
    /// - Parameter work: Ends in good order on a graceful shutdown.
    /// - Throws: What the work throws.
    func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let valve = Valve()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await reason in pauses() { await valve.set(reason) }
            }
            defer { group.cancelAll() }
            // Whoever does not hear of a pause takes it for granted that there is none.
            var told: String?
            var changes = valve.changes.cancelOnGracefulShutdown().makeAsyncIterator()
            while true {
                while !valve.isOpen {
                    if let reason = valve.reason, reason != told {
                        told = reason
                        shows(reason)
                    }
                    guard await changes.next() != nil else { return }
                }
                if told != nil {
                    told = nil
                    shows(nil)
                }
                let turn = turn(work)
                guard valve.begin(turn) else { continue }
                try await turn.run()
                guard valve.end(), !Task.isShuttingDownGracefully else { return }
            }
        }
    }

    /// The work as a group of its own: that can be asked to end while the rest of the service goes on.
    private func turn(_ work: @escaping @Sendable () async throws -> Void) -> ServiceGroup {
        struct Turn: Service {
            let work: @Sendable () async throws -> Void
            func run() async throws { try await work() }
        }
        var quiet = logger
        quiet.logLevel = .critical
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: Turn(work: work), successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                ],
                logger: quiet))
    }
}

/// Whether work may go on, and the turn that it is in.
private final class Valve: Sendable {
    private struct State {
        /// Outer nil: nothing was said yet; inner nil: it is not paused.
        var reason: String??
        var turn: ServiceGroup?
        /// Whether the turn in hand was asked to end.
        var wasAsked = false
    }

    let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    init() {
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var reason: String? { state.withLock { $0.reason ?? nil } }
    var isOpen: Bool { state.withLock { $0.reason == .some(nil) } }

    func set(_ reason: String?) async {
        let turn = state.withLock { state in
            state.reason = .some(reason)
            guard reason != nil else { return nil as ServiceGroup? }
            state.wasAsked = true
            return state.turn
        }
        change.yield()
        await turn?.triggerGracefulShutdown()
    }

    /// Begins a turn; false: it is paused again.
    func begin(_ turn: ServiceGroup) -> Bool {
        state.withLock { state in
            guard state.reason == .some(nil) else { return false }
            (state.turn, state.wasAsked) = (turn, false)
            return true
        }
    }

    /// Notes that the turn has ended; true: because it was asked to.
    func end() -> Bool {
        state.withLock { state in
            state.turn = nil
            return state.wasAsked
        }
    }
}
