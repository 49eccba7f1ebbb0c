import Lockstep
import LockstepSQLite
import LockstepServer
import Logging
import ServiceLifecycle
import Synchronization

/// What the hub does while nobody waits for it.
///
/// A service: what is begun goes on in ``run()``. On graceful shutdown what goes on is stopped where that loses nothing,
/// and noted as interrupted; what a hub left that was killed is noted so when the next one begins.
final class LongOperations: Service {
    typealias Progress = @Sendable (_ done: Int, _ total: Int?) -> Void
    typealias Work = @Sendable (_ progress: @escaping Progress) async throws -> HubDocument

    /// How long those that ended are kept, and how many at most.
    static let kept = Duration.seconds(30 * 86_400)
    static let most = 1_000
    /// How often it is looked whether one is to be stopped, by word of a command.
    private static let glance = Duration.seconds(1)
    /// With which of these looks it is kept how far one is: a hub that is killed leaves it so.
    private static let keeping = 10

    private struct Job: Sendable {
        let id: String
        let work: Work
    }

    private struct State {
        /// Whether something may be begun.
        var isOpen = false
        var running: [String: LongOperation] = [:]
    }

    private let configuration: Configuration
    private let logger: Logger
    private let clock: WallClock
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    init(_ configuration: Configuration, clock: WallClock = .system, logger: Logger) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        (jobs, queue) = AsyncStream.makeStream(of: Job.self)
    }

    func run() async throws {
        let store = try SQLiteSubscriptions(path: configuration.hubFile)
        defer { try? store.close() }
        let lock = try FileLock(configuration.hubFile + "-operations", mode: 0o600)
        guard lock.take() else {
            // What it does is none of this one's, and must not be taken for interrupted.
            logger.warning("Another hub runs with this state directory: here callers wait for what takes long")
            try? await gracefulShutdown()
            return
        }
        try await interruptRest(in: store)
        state.withLock { $0.isOpen = true }
        await withDiscardingTaskGroup { group in
            for await job in jobs.cancelOnGracefulShutdown() {
                group.addTask { await self.carryOut(job, store) }
            }
            let running = state.withLock { state in
                state.isOpen = false
                return state.running.values.map(\.stop)
            }
            for stop in running { stop.give() }
        }
        // What was begun at the last moment, and not carried out.
        try await interruptRest(in: store)
    }

    private func interruptRest(in store: SQLiteSubscriptions) async throws {
        let count = try await store.interruptAll(at: clock.now, because: LongOperation.interrupted)
        guard count > 0 else { return }
        logger.warning(
            "The hub ended while operations went on; begin them again, which is safe", metadata: ["count": "\(count)"])
    }

    /// Begins an operation; nil: that cannot be done here, now.
    ///
    /// - Throws: `refused` where the same goes on already.
    func begin(
        _ kind: String, of office: OfficeName?, _ deed: HubDeed, _ work: @escaping Work
    ) async throws -> StoredOperation? {
        guard state.withLock({ $0.isOpen }) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let now = clock.now
        let id = EventID(milliseconds: UInt64(max(0, now.milliseconds)), using: &generator).text
        let operation = StoredOperation(
            id: id, kind: kind, office: office, person: deed.person, reason: deed.reason, begun: now)
        let store = try SQLiteSubscriptions(path: configuration.hubFile)
        defer { try? store.close() }
        try await store.begin(
            operation, forgettingThoseEnded: now.advanced(by: .zero - Self.kept), most: Self.most)
        state.withLock { $0.running[id] = LongOperation(operation) }
        queue.yield(Job(id: id, work: work))
        return operation
    }

    /// Has an operation stopped that somebody wants stopped, if it goes on here.
    func stop(_ id: String) {
        let stop = state.withLock { state in
            state.running[id]?.isCancelled = true
            return state.running[id]?.stop
        }
        stop?.give()
    }

    /// With how far it is at this moment.
    func current(_ operation: StoredOperation) -> StoredOperation {
        guard operation.state == .running else { return operation }
        return state.withLock { $0.running[operation.id]?.operation } ?? operation
    }

    private func carryOut(_ job: Job, _ store: SQLiteSubscriptions) async {
        guard let stop = state.withLock({ $0.running[job.id]?.stop }) else { return }
        let outcome = await outcome(of: job, store, until: stop)
        guard let ended = state.withLock({ $0.running[job.id]?.ended(with: outcome, at: clock.now) }) else { return }
        do {
            try await store.save(ended)
        } catch {
            logger.error(
                "An operation has ended, and that could not be kept",
                metadata: ["operation": "\(job.id)", "reason": "\(error.message)"])
        }
        state.withLock { $0.running[job.id] = nil }
        let metadata: Logger.Metadata = [
            "operation": "\(ended.id)", "kind": "\(ended.kind)", "state": "\(ended.state.rawValue)",
            "reason": "\(ended.problem ?? "")",
        ]
        logger.log(level: ended.state == .failed ? .error : .info, "An operation has ended", metadata: metadata)
    }

    /// Does the work until it is done or is to be stopped.
    private func outcome(
        of job: Job, _ store: SQLiteSubscriptions, until stop: Signal
    ) async -> Result<HubDocument, any Error> {
        await withTaskGroup(of: Result<HubDocument, any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(
                        try await job.work { done, total in
                            self.state.withLock { $0.running[job.id]?.note(done, of: total) }
                        })
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await stop.wait()
                return nil
            }
            group.addTask {
                var looks = 0
                while (try? await Task.sleep(for: Self.glance)) != nil {
                    if (try? await store.isWantedStopped(job.id)) == true { self.stop(job.id) }
                    looks += 1
                    guard looks.isMultiple(of: Self.keeping) else { continue }
                    let operation = self.state.withLock { $0.running[job.id]?.operation }
                    if let operation { try? await store.save(operation) }
                }
                return nil
            }
            var outcome: Result<HubDocument, any Error> = .failure(CancellationError())
            for await ended in group {
                if let ended { outcome = ended }
                group.cancelAll()
            }
            return outcome
        }
    }
}
