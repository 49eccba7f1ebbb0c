import Lockstep
import LockstepRabbitMQ
import Logging
import RabbitMQ
import ServiceLifecycle
import Synchronization

/// Why an office is paused: by the hub's store, where that is on this machine, or by the broker's mark, where it is not.
///
/// Nothing is said before both are known. Where the store is here, the mark only follows it: it is set after the pause began,
/// and cleared before whoever has resumed the office is told so.
final class OfficePauses: Sendable {
    /// How often the mark is looked at: a pause is followed within a second, but a process of very many offices has no more
    /// than 200 looks a second.
    static func interval(of offices: Int) -> Duration { max(.milliseconds(750), .milliseconds(5) * offices) }

    /// How often where it has no place: the broker logs each such look.
    private static let longInterval = Duration.seconds(60)
    /// What people read of a pause that stands in the broker only.
    static let reason = "by word of the hub; 'lockstep subscriptions list' says there why"

    private struct State {
        /// Outer nil: it is not known; inner nil: it is not paused.
        var stored: String??
        var marked: String??
        var told: String??
    }

    private let mark: PauseMark
    private let interval: Duration
    private let office: OfficeName
    private let logger: Logger
    /// Told when the mark that was set is cleared: somebody has resumed the office.
    private let resumed: @Sendable () async -> Void
    private let state = Mutex(State())
    private let listeners = Audience<AsyncStream<String?>.Continuation>()

    /// - Parameter offices: How many there are, all of which may be looked after by this process.
    init(
        of office: OfficeName, among offices: Int = 1, client: RabbitMQClient, logger: Logger,
        resumed: @escaping @Sendable () async -> Void = {}
    ) {
        self.office = office
        mark = PauseMark(of: office, client)
        interval = Self.interval(of: offices)
        self.logger = logger
        self.resumed = resumed
    }

    /// Why the office is paused, as soon as it is known and each time that it changes; see ``PausableWork/pauses``.
    var pauses: AsyncStream<String?> {
        state.withLock { state in
            listeners.stream { listener in
                if case .some(let reason) = state.told { listener.yield(reason) }
            }
        }
    }

    /// Follows the store and the mark until the service is to stop.
    ///
    /// - Parameter stored: Why the office is paused by the hub's store; nil: it is asked nothing, and nobody pauses it.
    func follow(_ stored: AsyncStream<String?>?) async {
        guard let stored else { return }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await reason in stored { self.note(stored: reason) }
                }
                group.addTask { await self.followMark() }
            }
        }
    }

    private func followMark() async {
        var hasFailed = false
        var pause = interval
        repeat {
            do {
                let found = try await mark.state()
                hasFailed = false
                pause = found == .missing ? max(Self.longInterval, interval) : interval
                await note(found)
            } catch is CancellationError {
                return
            } catch {
                // All stays as it was; without the broker there is nothing to be done anyway.
                if !hasFailed {
                    logger.debug(
                        "It cannot be looked whether the hub has paused the office",
                        metadata: ["office": "\(office)", "reason": "\(ErrorText.reason(error))"])
                }
                hasFailed = true
            }
        } while (try? await Task.sleep(for: pause)) != nil
    }

    /// Notes what the hub's store says.
    func note(stored reason: String?) {
        note { $0.stored = .some(reason) }
    }

    /// Notes how the mark stands.
    func note(_ found: PauseMark.State) async {
        let wasSet = if case .some(.some) = state.withLock({ $0.marked }) { true } else { false }
        // An office that was paused, then deleted: it is not to be declared again by going on.
        if wasSet, found == .missing { return }
        if wasSet, found == .clear { await resumed() }
        note { $0.marked = .some(found == .set ? Self.reason : nil) }
    }

    private func note(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            guard case .some(let stored) = state.stored, case .some(let marked) = state.marked else { return }
            let reason = stored ?? marked
            guard state.told != .some(reason) else { return }
            state.told = .some(reason)
            for listener in listeners.listeners { listener.yield(reason) }
        }
    }
}
