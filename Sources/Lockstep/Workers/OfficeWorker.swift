public import Logging
public import ServiceLifecycle

/// Receives an office's deliveries, takes them into its replica, tells its adapter, and settles them.
///
/// A service: ``run()`` does all the work and returns after a graceful shutdown, the batch in hand settled.
public actor OfficeWorker: Service {
    /// How often the age of the oldest change is shown anew.
    private static let ageInterval = Duration.seconds(5)

    let subscription: Subscription
    private let transport: any EventTransport
    let pipeline: DeliveryPipeline
    let memory: (any WorkerMemory)?
    let logger: Logger
    let clock: any Clock<Duration>
    let wallClock: WallClock
    let stopwatch: Stopwatch
    let metrics: OfficeMetrics
    let isGone: @Sendable (_ reason: String) async -> Void
    /// How many changes are worth a call while the pace is limited.
    let share: Int
    /// Whether the events of each record are kept in their order.
    private let keepsOrder: Bool
    var breaker: CircuitBreaker
    /// The pause that the office's system asked for last, while it lasts.
    var asked: Failure?
    /// How the breaker stood when people were told last.
    var shown: BreakerReport?
    /// nil: there is no limit.
    var limit: RateLimit?
    /// nil: there is no order to be kept.
    var order: RecordOrder?
    private var unapplied = UnappliedChanges()

    /// A worker, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - adapter: The office's own system; nil: the replica and its calendar are all there is.
    ///   - memory: What outlives the process; nil: what waits is kept in order only while it runs, and nobody is shown how
    ///     the breaker stands.
    ///   - clock: What the breaker's pauses go by.
    ///   - wallClock: What the age of changes goes by, in metrics.
    ///   - isGone: Told where the office's system says that it is gone. Nothing more is told to that, and what is in hand is
    ///     held for ten minutes at most: whoever is told stops the worker by then.
    public init(
        _ subscription: Subscription,
        transport: any EventTransport,
        replica: any ReplicaStore,
        adapter: (any Adapter)? = nil,
        memory: (any WorkerMemory)? = nil,
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
        self.memory = memory
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
        self.limit = subscription.rateLimit
        self.share = subscription.rateShare
        self.keepsOrder = subscription.order == .record && adapter?.wants == .events
        self.logger = logger
    }

    /// Works until the service group shuts down.
    ///
    /// - Throws: What only a person can mend: a damaged replica, a queue that belongs to somebody else.
    public func run() async throws {
        if keepsOrder { order = RecordOrder(try await memory?.waitingEvents() ?? [:]) }
        await showBreaker(because: breaker.isOpen ? shown?.reason : nil)
        guard MetricsBackend.isThere else { return try await receive() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepShowingAge() }
            defer { group.cancelAll() }
            try await receive()
        }
    }

    private func receive() async throws {
        metrics.gone(false)
        try await transport.deliver(to: subscription.office, mode: subscription.pacedDelivery) { deliveries in
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
}
