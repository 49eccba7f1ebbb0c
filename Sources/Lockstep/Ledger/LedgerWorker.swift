public import Logging
public import ServiceLifecycle

/// Keeps the ledger: takes in what is reported, and forgets what is old.
///
/// A service: ``run()`` does all the work and returns after a graceful shutdown, the batch in hand taken in.
public struct LedgerWorker: Service {
    /// How a ledger is kept.
    public struct Configuration: Sendable {
        /// How long an event is remembered after the ledger has first heard of it.
        public var keep: Duration
        /// How often old events are looked for.
        public var pause = Duration.seconds(60)
        /// How many are forgotten in one transaction.
        public var batch = 1_000

        /// A configuration.
        public init(keep: Duration) {
            self.keep = keep
        }
    }

    /// How long a batch is held while the store cannot be written; brokers allow half an hour.
    private static let longestHold = Duration.seconds(600)
    /// The pause before a store is tried again that could not be written.
    private static let again = Duration.seconds(1)

    private let configuration: Configuration
    private let feed: any LedgerFeed
    private let store: any LedgerStore
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let metrics = LedgerMetrics()

    /// A worker, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - wallClock: What the age of events goes by.
    ///   - clock: What pauses go by.
    public init(
        _ configuration: Configuration,
        feed: any LedgerFeed,
        store: any LedgerStore,
        wallClock: WallClock = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.feed = feed
        self.store = store
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Works until the service group shuts down.
    ///
    /// - Throws: What only a person can mend: a damaged store, a queue that is not there.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.reports { try await take($0) } }
            group.addTask { try await keepTidy() }
            // A shutdown ends both in good order; an error of one cancels the other.
            while try await group.next() != nil {}
        }
    }

    /// Takes a batch in, and tries again while the store may come back: nothing else could be done with the batch.
    func take(_ reports: [LedgerReport]) async throws {
        let stopwatch = Stopwatch(clock)
        while true {
            do throws(LockstepError) {
                try await store.take(reports)
                break
            } catch {
                guard error.mayPass, stopwatch.elapsed < Self.longestHold else { throw error }
                metrics.failed()
                logger.warning("The ledger cannot be written; reports wait", [.reason: error.message])
            }
            let clock = clock
            // Asked to stop, it gives the batch back.
            try await cancelWhenGracefulShutdown { try await clock.sleep(for: Self.again) }
        }
        CrashPoint.entered.pass()
        metrics.took(reports)
    }

    private func keepTidy() async throws {
        try await cancelWhenGracefulShutdown {
            // The pause comes first: where this is a second ledger by mistake, the broker has sent it away by then.
            while (try? await clock.sleep(for: configuration.pause)) != nil { try await purge() }
        }
    }

    /// Forgets what is old, in small batches, so that reports are taken in between.
    func purge() async throws {
        let oldest = Timestamp(microseconds: wallClock.now.microseconds - configuration.keep.microseconds)
        do throws(LockstepError) {
            while !Task.isCancelled {
                guard try await store.purge(before: oldest, limit: configuration.batch) == configuration.batch
                else { return }
            }
        } catch {
            guard error.mayPass else { throw error }
            logger.warning("The ledger cannot be written; old events stay for now", [.reason: error.message])
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
