public import Logging
public import ServiceLifecycle

/// Receives an office's deliveries, takes them into its replica, tells its adapter, and settles them.
///
/// A service: ``run()`` does all the work and returns after a graceful shutdown, the batch in hand settled.
public actor OfficeWorker: Service {
    /// How long deliveries are held while the office is down; brokers allow half an hour.
    private static let longestHold = Duration.seconds(600)
    /// How often the age of the oldest change is shown anew.
    private static let ageInterval = Duration.seconds(5)

    private let subscription: Subscription
    private let transport: any EventTransport
    private let pipeline: DeliveryPipeline
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let wallClock: WallClock
    private let stopwatch: Stopwatch
    private let metrics: OfficeMetrics
    private let isGone: @Sendable (_ reason: String) async -> Void
    private var breaker: CircuitBreaker
    private var unapplied = UnappliedChanges()

    /// A worker, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - adapter: The office's own system; nil: the replica and its calendar are all there is.
    ///   - clock: What the breaker's pauses go by.
    ///   - wallClock: What the age of changes goes by, in metrics.
    ///   - isGone: Told where the office's system says that it is gone. Nothing more is told to that, and what is in hand is
    ///     held for ten minutes at most: whoever is told stops the worker by then.
    public init(
        _ subscription: Subscription,
        transport: any EventTransport,
        replica: any ReplicaStore,
        adapter: (any Adapter)? = nil,
        breaker: CircuitBreaker.Configuration = .init(),
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: WallClock = .system,
        logger: Logger,
        isGone: @escaping @Sendable (_ reason: String) async -> Void = { _ in }
    ) {
        let metrics = OfficeMetrics(office: subscription.office)
        var logger = logger
        logger[metadataKey: LogKey.office.rawValue] = .string(subscription.office.text)
        self.subscription = subscription
        self.transport = transport
        self.pipeline = DeliveryPipeline(
            subscription: subscription,
            replica: replica,
            adapter: adapter,
            metrics: metrics,
            wallClock: wallClock,
            logger: logger
        )
        self.metrics = metrics
        self.isGone = isGone
        self.wallClock = wallClock
        self.breaker = CircuitBreaker(breaker)
        self.clock = clock
        self.stopwatch = Stopwatch(clock)
        self.logger = logger
    }

    /// Works until the service group shuts down.
    ///
    /// - Throws: What only a person can mend: a damaged replica, a queue that belongs to somebody else.
    public func run() async throws {
        guard MetricsBackend.isThere else { return try await receive() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepShowingAge() }
            defer { group.cancelAll() }
            try await receive()
        }
    }

    private func receive() async throws {
        try await transport.deliver(to: subscription.office, mode: subscription.delivery) { deliveries in
            try await self.takeOn(deliveries)
        }
    }

    /// Works a batch off, and records what there is to record of it.
    private func takeOn(_ deliveries: [EventDelivery]) async throws -> [DeliveryAnswer] {
        let start = ContinuousClock.now
        unapplied.took(deliveries)
        let answers = try await work(off: deliveries)
        unapplied.answered(deliveries, answers, at: wallClock.now)
        metrics.worked(off: deliveries, answers, within: ContinuousClock.now - start)
        showAge()
        return answers
    }

    /// Shows how old the oldest change is that is not applied, also while nothing else happens.
    private func keepShowingAge() async {
        // It goes by real time, as whoever looks at it does.
        while (try? await Task.sleep(for: Self.ageInterval)) != nil { showAge() }
    }

    private func showAge() {
        let now = wallClock.now
        let oldest = unapplied.oldest(at: now)
        metrics.oldestUnapplied(oldest.map { .milliseconds(max(0, now.milliseconds - $0)) })
    }

    /// Works a batch off, as much of it at a time as the breaker lets pass.
    func work(off deliveries: [EventDelivery]) async throws -> [DeliveryAnswer] {
        var answers: [DeliveryAnswer] = []
        let start = stopwatch.elapsed
        while answers.count < deliveries.count {
            let rest = deliveries[answers.count...]
            switch breaker.admission(at: stopwatch.elapsed) {
            case .everything:
                let report = try await pass(rest)
                answers += report.answers
                if let reason = report.gone { await leave(reason) }
            case .probe:
                let report = try await probe(rest[rest.startIndex])
                answers += report.answers
                if let reason = report.gone {
                    await leave(reason)
                    return answers + deliveries[answers.count...].map { _ in DeliveryAnswer(.giveBack) }
                }
            case .nothing(let pause) where stopwatch.elapsed - start + pause > Self.longestHold:
                // The broker takes deliveries back that are held for too long, and counts that against them.
                let failure = Failure(.store, "the office is down")
                return answers + rest.map { DeliveryAnswer(.retry(after: parking, attempt: $0.attempt, failure)) }
            case .nothing(let pause):
                guard await wait(pause) else { return answers + rest.map { _ in DeliveryAnswer(.giveBack) } }
            }
        }
        return answers
    }

    private func pass(
        _ deliveries: ArraySlice<EventDelivery>
    ) async throws -> DeliveryPipeline.Report {
        let report = try await pipeline.process(deliveries)
        let wasOpen = breaker.isOpen
        if let outage = report.outage {
            breaker.failed(at: stopwatch.elapsed)
            if !wasOpen, breaker.isOpen {
                metrics.breaker(isOpen: true)
                logger.warning("The office is down; its deliveries stay in the queue", [.reason: outage.reason])
            }
        } else if report.wasTried {
            breaker.succeeded()
            if wasOpen {
                metrics.breaker(isOpen: false)
                logger.info("The office is back")
            }
        }
        return report
    }

    /// Tries one delivery.
    ///
    /// If the office is still down it waits its turn without losing an attempt, and another one probes next: a delivery
    /// that is itself to blame holds up nobody.
    private func probe(_ delivery: EventDelivery) async throws -> DeliveryPipeline.Report {
        var report = try await pass([delivery])
        guard let outage = report.outage else { return report }
        report.answers = report.answers.map { answer in
            var answer = answer
            switch answer.verdict {
            case .retry(let delay, _, _): answer.verdict = .retry(after: delay, attempt: delivery.attempt, outage)
            case .dead(outage): answer.verdict = .retry(after: parking, attempt: delivery.attempt, outage)
            case .done, .dead, .giveBack: break
            }
            return answer
        }
        return report
    }

    /// Says that the office's system is gone, and keeps what is in hand until the worker is stopped for that: given back at
    /// once, it would come back at once.
    private func leave(_ reason: String) async {
        logger.warning("The office's system is gone; its deliveries stay in the queue", [.reason: reason])
        metrics.gone()
        await isGone(reason)
        _ = await wait(Self.longestHold)
    }

    /// Where a delivery waits that an outage keeps from being tried: the longest of its office's delays.
    private var parking: RetryDelay { subscription.retry.delays.max() ?? RetryDelay.allCases[0] }

    /// Waits; false if the service is to stop meanwhile.
    private func wait(_ pause: Duration) async -> Bool {
        let clock = clock
        return await cancelWhenGracefulShutdown {
            do {
                try await clock.sleep(for: pause)
                return true
            } catch {
                return false
            }
        }
    }
}
