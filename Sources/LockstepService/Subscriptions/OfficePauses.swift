import Lockstep
import LockstepSQLite
import Logging
import ServiceLifecycle
import Synchronization

/// Which offices are paused, for whoever runs offices in this process; follows the hub's store while it runs.
final class OfficePauses: Service, Sendable {
    private let configuration: Configuration
    private let logger: Logger
    private let pauses: Mutex<[OfficeName: OfficePause]>

    /// What the configuration knows; newer pauses come once it runs.
    init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        pauses = Mutex(configuration.stored.pauses)
    }

    /// An office's pause; nil: it is to work.
    func pause(of office: OfficeName) -> OfficePause? { pauses.withLock { $0[office] } }

    func run() async throws {
        let changes = StoreChanges(configuration: configuration, logger: logger)
        await cancelWhenGracefulShutdown {
            for await changed in changes { self.pauses.withLock { $0 = changed.stored.pauses } }
        }
    }

    /// Pauses an office because its callback has answered that it is gone for good; a person ends that pause.
    func pauseGone(_ office: OfficeName, reason: String) async throws(LockstepError) {
        let pause = OfficePause(
            office: office, since: WallClock.system.now, person: "lockstep", reason: reason, cause: .gone)
        let store = try SQLiteSubscriptions(path: configuration.hubFile)
        defer { try? store.close() }
        try await store.pause(pause)
        pauses.withLock { if $0[office] == nil { $0[office] = pause } }
    }
}
