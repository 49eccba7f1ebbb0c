public import Logging
public import ServiceLifecycle
import Tracing

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
    private let publishMetrics = PublishMetrics()
    private let metrics: RelayMetrics
    private let stopwatch: Stopwatch
    var machine: RelayStateMachine
    var log: RelayLog
    private var isListening = false
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
                case let action: try await ask(action)
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
        case .rows:
            isListening = false
            machine.woken()
        case .storeFailed(let error):
            isListening = false
            try storeFailed(error)
        case .alarm(let time): if time == alarm { alarm = nil }
        case .stop: machine.stop(at: now)
        }
    }

    /// Asks the store for something, and tells the machine how it went.
    private func ask(_ action: RelayStateMachine.Action) async throws {
        var hasWritten = false
        do throws(LockstepError) {
            switch action {
            case .claim(let count, let bytes):
                let entries = try await store.claim(atMost: count, bytes: bytes)
                if !entries.isEmpty { CrashPoint.claimed.pass() }
                machine.claimed(entries)
            case .settle(let settlements):
                CrashPoint.confirmed.pass()
                try await store.settle(settlements)
                hasWritten = true
                log.settled(settlements)
                machine.settled(settlements)
                CrashPoint.marked.pass()
            case .purge(let count):
                let moment = Timestamp(microseconds: wallClock.now.microseconds - Int64(keep / .microseconds(1)))
                let purged = try await store.purge(sentBefore: moment, atMost: count)
                hasWritten = purged > 0
                machine.purged(purged, at: stopwatch.elapsed)
            case .release(let positions): try await store.release(positions)
            case .publish, .wait, .stop: preconditionFailure("these are not asked of a store")
            }
            log.storeWorks(writing: hasWritten)
        } catch {
            try storeFailed(error, writing: action.writes)
        }
    }

    private func storeFailed(_ error: LockstepError, writing: Bool = false) throws {
        guard error.mayPass else { throw error }
        log.storeFailed(error, writing: writing)
        machine.storeFailed(at: stopwatch.elapsed)
    }
}

extension OutboxRelay {
    /// Shows how the outbox is doing, now and then: its rows are counted for it, which takes longer the more there are.
    private func keepShowingStatus() async {
        var pause = Duration.zero
        // It goes by real time, as whoever looks at it does.
        while (try? await Task.sleep(for: pause)) != nil {
            let start = ContinuousClock.now
            // A store that cannot be used is in the log already.
            if let status = try? await store.status() { metrics.note(status, at: wallClock.now) }
            pause = max(.seconds(5), (ContinuousClock.now - start) * 20)
        }
    }

    private func publish(_ events: [Event], lane: Int, in group: inout ThrowingDiscardingTaskGroup<any Error>) {
        let (transport, mailbox, metrics) = (transport, mailbox, publishMetrics)
        group.addTask {
            do throws(LockstepError) {
                if CrashPoint.publishing.isTheEnd, events.count > 1 {
                    _ = try await transport.publish(Array(events.prefix(events.count / 2)))
                    CrashPoint.publishing.pass()
                }
                let outcomes = try await TraceSpans.with("lockstep relay", ofKind: .producer, events.map(\.trace)) {
                    () async throws(LockstepError) in
                    try await metrics.record(events.count) { () async throws(LockstepError) in
                        try await transport.publish(events)
                    }
                }
                CrashPoint.published.pass()
                mailbox.post(.published(lane: lane, .success(outcomes)))
            } catch {
                mailbox.post(.published(lane: lane, .failure(error)))
            }
        }
    }

    /// Has the store say when there are rows, unless it does so already or there may be some now.
    private func listen(in group: inout ThrowingDiscardingTaskGroup<any Error>) {
        guard !isListening, !machine.mayClaim else { return }
        isListening = true
        let (store, mailbox) = (store, mailbox)
        group.addTask {
            do throws(LockstepError) {
                try await store.waitForRows()
                mailbox.post(.rows)
            } catch {
                mailbox.post(.storeFailed(error))
            }
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

extension RelayStateMachine.Action {
    /// Whether it changes the store.
    fileprivate var writes: Bool {
        switch self {
        case .settle, .purge: true
        case .claim, .release, .publish, .wait, .stop: false
        }
    }
}
