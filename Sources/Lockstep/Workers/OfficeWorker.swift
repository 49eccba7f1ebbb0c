public import Logging
public import ServiceLifecycle

/// Receives an office's deliveries, takes them into its replica, tells its adapter, and settles them.
///
/// A service: ``run()`` does all the work and returns after a graceful shutdown, the batch in hand settled.
public actor OfficeWorker: Service {
    /// How long deliveries are held while the office is down; brokers allow half an hour.
    private static let longestHold = Duration.seconds(600)

    private let subscription: Subscription
    private let transport: any EventTransport
    private let pipeline: DeliveryPipeline
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private var breaker: CircuitBreaker

    /// A worker, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - adapter: The office's own system; nil: the replica and its calendar are all there is.
    ///   - clock: What the breaker's pauses go by.
    public init(
        _ subscription: Subscription,
        transport: any EventTransport,
        replica: any ReplicaStore,
        adapter: (any Adapter)? = nil,
        breaker: CircuitBreaker.Configuration = .init(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: LogKey.office.rawValue] = .string(subscription.office.text)
        self.subscription = subscription
        self.transport = transport
        self.pipeline = DeliveryPipeline(
            subscription: subscription,
            replica: replica,
            adapter: adapter,
            logger: logger
        )
        self.breaker = CircuitBreaker(breaker)
        self.clock = clock
        self.stopwatch = Stopwatch(clock)
        self.logger = logger
    }

    /// Works until the service group shuts down.
    ///
    /// - Throws: What only a person can mend: a damaged replica, a queue that belongs to somebody else.
    public func run() async throws {
        try await transport.deliver(to: subscription.office, mode: subscription.delivery) { deliveries in
            try await self.work(off: deliveries)
        }
    }

    /// Works a batch off, as much of it at a time as the breaker lets pass.
    func work(off deliveries: [EventDelivery]) async throws -> [DeliveryAnswer] {
        var answers: [DeliveryAnswer] = []
        let start = stopwatch.elapsed
        while answers.count < deliveries.count {
            let rest = deliveries[answers.count...]
            switch breaker.admission(at: stopwatch.elapsed) {
            case .everything:
                answers += try await pass(rest).answers
            case .probe:
                answers += try await probe(rest[rest.startIndex])
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
                logger.warning("The office is down; its deliveries stay in the queue", [.reason: outage.reason])
            }
        } else if report.wasTried {
            breaker.succeeded()
            if wasOpen { logger.info("The office is back") }
        }
        return report
    }

    /// Tries one delivery.
    ///
    /// If the office is still down it waits its turn without losing an attempt, and another one probes next: a delivery
    /// that is itself to blame holds up nobody.
    private func probe(_ delivery: EventDelivery) async throws -> [DeliveryAnswer] {
        let report = try await pass([delivery])
        guard let outage = report.outage else { return report.answers }
        return report.answers.map { answer in
            var answer = answer
            switch answer.verdict {
            case .retry(let delay, _, _): answer.verdict = .retry(after: delay, attempt: delivery.attempt, outage)
            case .dead(outage): answer.verdict = .retry(after: parking, attempt: delivery.attempt, outage)
            case .done, .dead, .giveBack: break
            }
            return answer
        }
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
