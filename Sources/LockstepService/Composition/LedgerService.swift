import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ
import ServiceLifecycle
import Synchronization

/// The ledger at work: its file is opened, its queue is declared, then it is kept.
struct LedgerService: Service {
    let configuration: Configuration
    /// What says who subscribes to what; somebody else runs it.
    let changes: StoreChanges
    let client: RabbitMQClient
    let logger: Logger

    func run() async throws {
        let ledger = try SQLiteLedger(path: configuration.ledgerFile)
        // A file that was closed in good order need not be checked when it is opened again.
        defer { try? ledger.close() }
        let queue = DeclaredQueue(ofLedgerOf: configuration.offices, client: client, logger: logger)
        let worker = LedgerWorker(
            LedgerWorker.Configuration(keep: configuration.ledger.keep),
            feed: ReportQueue(client, logger: logger),
            store: ledger,
            logger: logger
        )
        guard try await queue.declare() else { return }
        logger.info("The ledger is kept", metadata: ["file": "\(configuration.ledgerFile)"])
        // Before the first report is taken in: what is reported from then on is expected of whoever subscribes now.
        if let current = try? configuration.withStoredOffices() { _ = await note(current.offices, in: ledger) }
        async let _: Void = queue.keepDeclared()
        let offices = KnownOffices(changes.configuration.offices)
        async let _: Void = noteSubscriptions(in: ledger, offices)
        let deaths = UnreportedDeaths(
            configuration: configuration, client: client, ledger: ledger, logger: logger, offices: { offices.all })
        async let _: Void = cancelWhenGracefulShutdown { await deaths.run() }
        do {
            try await worker.run()
        } catch is CancellationError {
            return
        }
    }

    /// Has the ledger know who subscribes to what, now and after each change.
    private func noteSubscriptions(in ledger: SQLiteLedger, _ offices: KnownOffices) async {
        for await changed in changes.configurations {
            offices.all = changed.offices
            while await !note(changed.offices, in: ledger) {
                guard (try? await Task.sleep(for: .seconds(10))) != nil else { return }
            }
        }
    }

    /// - Returns: Whether it was noted.
    private func note(_ subscriptions: [Subscription], in ledger: SQLiteLedger) async -> Bool {
        do throws(LockstepError) {
            try await ledger.note(subscriptions)
            return true
        } catch {
            logger.warning(
                "The ledger cannot note who subscribes to what; it tries again",
                metadata: ["reason": "\(error.message)"])
            return false
        }
    }
}

/// Those that subscribe now.
private final class KnownOffices: Sendable {
    private let offices: Mutex<[Subscription]>

    init(_ offices: [Subscription]) {
        self.offices = Mutex(offices)
    }

    var all: [Subscription] {
        get { offices.withLock { $0 } }
        set { offices.withLock { $0 = newValue } }
    }
}
