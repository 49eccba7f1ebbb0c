import Logging
import ServiceLifecycle

extension RabbitMQClient {
    /// Consumes a queue until cancellation or graceful shutdown.
    ///
    /// The handler gets deliveries in the queue's order, one batch at a time, and returns one disposition for each.
    /// When the consumer is to end, the batch in hand is finished and settled first. What the handler throws requeues
    /// its batch and is rethrown. A consumer that the broker loses or cancels is subscribed again, with a backoff;
    /// ``consumers`` tells whether it is subscribed at the moment. Deliveries that were handed over on a channel that
    /// is lost come again.
    ///
    /// - Throws: what the handler throws, or ``RabbitMQError``: with the broker's reason where the very first
    ///   subscription is refused, `handlerMismatch` where the handler's answer does not fit, `shutdown` where the
    ///   client ends.
    public func consume(
        from queue: String, options: ConsumerOptions = ConsumerOptions(),
        handler: @escaping @Sendable ([Delivery]) async throws -> [Disposition]
    ) async throws {
        let stages = BatchStages(prepare: { $0 }, handle: handler, settle: { $0 })
        try await consume(from: queue, options: options, through: stages, overlapping: false)
    }

    /// Consumes a queue like ``consume(from:options:handler:)``, in stages that overlap for neighbouring batches.
    ///
    /// Up to three batches are in hand at a time: see that the prefetch has room for them.
    public func consume<Prepared, Handled>(
        from queue: String, options: ConsumerOptions = ConsumerOptions(), through stages: BatchStages<Prepared, Handled>
    ) async throws {
        try await consume(from: queue, options: options, through: stages, overlapping: true)
    }

    private func consume<Prepared, Handled>(
        from queue: String, options: ConsumerOptions, through stages: BatchStages<Prepared, Handled>, overlapping: Bool
    ) async throws {
        _ = try ShortString.checked(queue, as: "queue name")
        _ = try ShortString.checked(options.tag, as: "consumer tag")
        let consumer = Consumer(queue: queue, tag: options.tag)
        registry.add(consumer)
        defer { registry.remove(consumer) }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await keepConsuming(consumer, options, stages, overlapping: overlapping)
        } onCancelOrGracefulShutdown: {
            consumer.finish()
        }
    }

    private func keepConsuming<Prepared, Handled>(
        _ consumer: Consumer, _ options: ConsumerOptions, _ stages: BatchStages<Prepared, Handled>, overlapping: Bool
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        var wasSubscribed = false
        var attempt = 0
        var caution = ConsumerCaution(isolates: options.isolateRedelivered)
        while true {
            let gate = consuming.gate
            guard try await consumer.unlessFinished({ try await gate.wait() }) else { return }
            do {
                let chosen = caution.options(options)
                let subscription = try await consuming.subscribe(to: consumer.queue, options: chosen)
                let began = ContinuousClock.now
                wasSubscribed = true
                consumer.subscribed(subscription)
                defer { consumer.unsubscribed() }
                let consumption = Consumption(
                    connection: consuming, subscription: subscription, stages: stages,
                    overlaps: overlapping && caution.window == nil,
                    probe: caution.window.map { _ in
                        ConsumerProbe(window: chosen.batching.limit, widest: options.widestProbe)
                    }, limit: options.batching.limit)
                let end = try await consumption.run()
                // A subscription that held for a while was a good one: what ended it is news.
                if ContinuousClock.now - began > configuration.reconnect.longest { attempt = 0 }
                switch end {
                case .finished: return
                case .nothingSuspicious:
                    caution.foundNothing()
                    continue
                case .harmless:
                    caution.widen()
                    continue
                case .lost(let error, let hasHandled):
                    // What was out on the channel comes again.
                    caution.lost(hasHandled: hasHandled)
                    note(error, of: consumer)
                }
            } catch let failure as HandlerFailure {
                throw failure.underlying
            } catch let error as RabbitMQError where error.isWorthSubscribingAgain(wasSubscribed: wasSubscribed) {
                note(error, of: consumer)
            }
            attempt += 1
            let delay = configuration.reconnect.delay(beforeAttempt: attempt, using: &generator)
            guard try await consumer.unlessFinished({ try await Task.sleep(for: delay) }) else { return }
        }
    }

    private func note(_ error: RabbitMQError, of consumer: Consumer) {
        logger.info(
            "A consumer is not subscribed",
            metadata: .of([
                .queue: consumer.queue, .tag: consumer.status.tag, .code: error.code.description, .error: error.message,
            ]))
    }

    static func check(_ dispositions: [Disposition], for deliveries: [Delivery]) throws {
        guard dispositions.count == deliveries.count else {
            throw RabbitMQError(
                .handlerMismatch,
                "The handler returned \(dispositions.count) dispositions for \(deliveries.count) deliveries. The batch was "
                    + "requeued. A handler returns one for each, in the same order.")
        }
    }
}

extension RabbitMQError {
    /// A consumer that never was is told why; one that was is kept up.
    fileprivate func isWorthSubscribingAgain(wasSubscribed: Bool) -> Bool {
        switch code {
        case .shutdown, .handlerMismatch: false
        case .connectionLost, .timeout: true
        default: wasSubscribed
        }
    }
}
