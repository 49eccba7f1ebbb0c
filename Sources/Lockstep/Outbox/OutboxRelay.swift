public import Logging
public import ServiceLifecycle

/// Publishes what waits in a core app's outbox, in order, and notes what the broker has confirmed.
///
/// A service: ``run()`` does all the work. It may die at any moment: what was published and not noted is published
/// again, which offices take for the duplicate that it is. While the broker is away nothing is dropped, and the core app
/// goes on writing.
public actor OutboxRelay: Service {
    /// What a relay may be told.
    public struct Configuration: Sendable {
        /// How long sent rows are kept; 7 days unless set.
        public var keep = Duration.seconds(7 * 86_400)
        /// The most events of one publish; four are under way at once, and noted in one transaction; 500 unless set.
        public var batch = 500
        /// How long a graceful shutdown waits for the broker's answers.
        public var grace = Duration.seconds(5)
        /// Whose changes these are, where they are made in an office: its metrics and log lines say so.
        public var office: OfficeName?

        /// The standard configuration.
        public init() {}
    }

    let store: any OutboxStore
    let transport: any EventTransport
    let keep: Duration
    let clock: any Clock<Duration>
    let wallClock: WallClock
    let mailbox = RelayMailbox()
    let publishMetrics = PublishMetrics()
    let metrics: RelayMetrics
    private let stopwatch: Stopwatch
    var machine: RelayStateMachine
    var log: RelayLog
    var isListening = false
    private var alarm: Duration?

    /// A relay, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - clock: What pauses go by.
    ///   - wallClock: What the age of sent rows goes by.
    public init(
        _ store: any OutboxStore,
        transport: any EventTransport,
        configuration: Configuration = Configuration(),
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: WallClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.transport = transport
        self.keep = configuration.keep
        self.clock = clock
        self.wallClock = wallClock
        stopwatch = Stopwatch(clock)
        metrics = RelayMetrics(office: configuration.office)
        var logger = logger
        if let office = configuration.office { logger[metadataKey: LogKey.office.rawValue] = .string(office.text) }
        log = RelayLog(logger)
        var settings = RelayStateMachine.Configuration()
        settings.batch = configuration.batch
        settings.entriesInHand = settings.settlement * 3
        settings.grace = configuration.grace
        machine = RelayStateMachine(settings)
    }

    /// Works until the service group shuts down; to be called once.
    ///
    /// Where only one relay may work on the store and another one does, it stands by until that one is gone. A shutdown
    /// claims nothing more, waits for the answers that are under way, and notes them.
    ///
    /// - Throws: ``LockstepError`` where no retry would help: `storeCorrupt`, `storeFailed`, `storeTooNew`, `notFound`.
    public func run() async throws {
        guard try await begin() else { return }
        log.began()
        metrics.atWork(true)
        defer { metrics.atWork(false) }
        let mailbox = mailbox
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await pump()
                } onGracefulShutdown: {
                    mailbox.post(.stop)
                }
            } onCancel: {
                mailbox.post(.stop)
            }
        } catch {
            await store.end()
            throw error
        }
        await store.end()
    }

    /// Waits for its turn, also where the store cannot be used yet; false if it is to stop meanwhile.
    private func begin() async throws -> Bool {
        let (store, log) = (store, log)
        var pause = RelayPause(first: .milliseconds(50), longest: .seconds(10))
        while true {
            do {
                try await cancelWhenGracefulShutdown { try await store.begin { log.standsBy() } }
                self.log.storeWorks()
                return true
            } catch is CancellationError {
                return false
            } catch let error as LockstepError where error.mayPass {
                self.log.storeFailed(error)
            }
            let (clock, time) = (clock, pause.next())
            let isOver = await cancelWhenGracefulShutdown { (try? await clock.sleep(for: time)) == nil }
            if isOver { return false }
        }
    }

    private func pump() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            if MetricsBackend.isThere { group.addTask { await self.keepShowingStatus() } }
            while true {
                for letter in await mailbox.take(waiting: false) { try take(letter) }
                switch machine.next(at: stopwatch.elapsed) {
                case .publish(let lane, let events): publish(events, lane: lane, in: &group)
                case .wait(let until):
                    log.holds(machine.entriesHeld)
                    listen(in: &group)
                    setAlarm(until, in: &group)
                    for letter in await mailbox.take(waiting: true) { try take(letter) }
                case .stop:
                    group.cancelAll()
                    return
                case .claim(let count, let bytes): claim(count, bytes: bytes, in: &group)
                case .settle(let settlements): settle(settlements, in: &group)
                case .purge(let count): purge(count, in: &group)
                case .release(let positions): try await release(positions)
                }
            }
        }
    }

    private func take(_ letter: RelayMailbox.Letter) throws {
        let now = stopwatch.elapsed
        switch letter {
        case .published(let lane, .success(let outcomes)):
            log.published(outcomes)
            machine.published(lane: lane, outcomes, at: now)
        case .published(let lane, .failure(let error)):
            log.publishFailed(error)
            machine.publishFailed(lane: lane, error, at: now)
        case .claimed(.success(let entries)):
            log.storeWorks()
            machine.claimed(entries)
        case .claimed(.failure(let error)):
            try storeFailed(error)
            machine.claimFailed(at: now)
        case .settled(.success(let settlements)):
            log.settled(settlements)
            log.storeWorks(writing: true)
            machine.settled()
        case .purged(.success(let count)):
            log.storeWorks(writing: count > 0)
            machine.purged(count, at: now)
        case .settled(.failure(let error)), .purged(.failure(let error)):
            try storeFailed(error, writing: true)
            machine.writeFailed(at: now)
        case .rows:
            isListening = false
            machine.woken()
        case .listeningFailed(let error):
            isListening = false
            try storeFailed(error)
            machine.listeningFailed(at: now)
        case .alarm(let time): if time == alarm { alarm = nil }
        case .stop: machine.stop(at: now)
        }
    }

    private func storeFailed(_ error: LockstepError, writing: Bool = false) throws {
        guard error.mayPass else { throw error }
        log.storeFailed(error, writing: writing)
    }

    /// What cannot be given back now is free when the relay has ended.
    private func release(_ positions: [OutboxPosition]) async throws {
        do throws(LockstepError) {
            try await store.release(positions)
        } catch {
            try storeFailed(error)
        }
    }

    /// Has itself woken at a time, unless it is woken before that anyway, and then asks again.
    private func setAlarm(_ time: Duration, in group: inout ThrowingDiscardingTaskGroup<any Error>) {
        if let alarm, alarm <= time { return }
        alarm = time
        let (clock, mailbox, pause) = (clock, mailbox, time - stopwatch.elapsed)
        group.addTask {
            try? await clock.sleep(for: pause)
            mailbox.post(.alarm(time))
        }
    }
}
