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
        let work = Work(looksAhead: false, prepare: { $0 }, handle: handler)
        try await consume(from: queue, options: options, work)
    }

    /// Consumes a queue like ``consume(from:options:handler:)``, and prepares a full batch while the one before it is
    /// handled.
    ///
    /// - Parameters:
    ///   - prepare: Makes of a batch what the handler takes, such as by decoding it. It may run beside the handler, and
    ///     in vain: a batch that is not handled any more comes again.
    ///   - handler: Answers for each delivery of the batch.
    public func consume<Prepared: Sendable>(
        from queue: String, options: ConsumerOptions = ConsumerOptions(),
        preparing prepare: @escaping @Sendable ([Delivery]) -> Prepared,
        handler: @escaping @Sendable (Prepared) async throws -> [Disposition]
    ) async throws {
        let work = Work(looksAhead: true, prepare: prepare, handle: handler)
        try await consume(from: queue, options: options, work)
    }

    private func consume(
        from queue: String, options: ConsumerOptions, _ work: Work<some Sendable>
    ) async throws {
        _ = try ShortString.checked(queue, as: "queue name")
        _ = try ShortString.checked(options.tag, as: "consumer tag")
        let consumer = Consumer(queue: queue, tag: options.tag)
        registry.add(consumer)
        defer { registry.remove(consumer) }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await keepConsuming(consumer, options, work)
        } onCancelOrGracefulShutdown: {
            consumer.finish()
        }
    }

    private func keepConsuming(
        _ consumer: Consumer, _ options: ConsumerOptions, _ work: Work<some Sendable>
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        var wasSubscribed = false
        var attempt = 0
        var isProbing = options.isolateRedelivered
        while true {
            let gate = consuming.gate
            guard try await consumer.unlessFinished({ try await gate.wait() }) else { return }
            do {
                let subscription = try await consuming.subscribe(
                    to: consumer.queue, options: isProbing ? options.probing : options)
                let began = ContinuousClock.now
                wasSubscribed = true
                consumer.subscribed(subscription)
                defer { consumer.unsubscribed() }
                let end = try await handle(subscription, options, isProbing: isProbing, work)
                // A subscription that held for a while was a good one: what ended it is news.
                if ContinuousClock.now - began > configuration.reconnect.longest { attempt = 0 }
                switch end {
                case .finished: return
                case .nothingSuspicious:
                    isProbing = false
                    continue
                case .lost(let error): note(error, of: consumer)
                }
            } catch let failure as HandlerFailure {
                throw failure.underlying
            } catch let error as RabbitMQError where error.isWorthSubscribingAgain(wasSubscribed: wasSubscribed) {
                note(error, of: consumer)
            }
            // What was out on the channel comes again, and may be why there was a crash.
            isProbing = options.isolateRedelivered
            attempt += 1
            let delay = configuration.reconnect.delay(beforeAttempt: attempt, using: &generator)
            guard try await consumer.unlessFinished({ try await Task.sleep(for: delay) }) else { return }
        }
    }

    /// Handles batches until the subscription is to end, or its channel is lost.
    private func handle(
        _ subscription: Connection.Subscription, _ options: ConsumerOptions, isProbing: Bool,
        _ work: Work<some Sendable>
    ) async throws -> SubscriptionEnd {
        let feed = subscription.feed
        var next = await work.next(from: feed)
        while true {
            switch next {
            case .batch(let deliveries, let prepared):
                // Where batches are small, the time is spent waiting and not preparing; and with a suspect about,
                // nothing is taken ahead of it.
                let looksAhead = work.looksAhead && !isProbing && deliveries.count >= options.batching.limit
                if looksAhead { feed.setBusy(true) }
                async let upcoming = looksAhead ? work.next(from: feed) : nil
                let (isCancelled, isLast): (Bool, Bool)
                do {
                    let dispositions = try await work.handle(prepared)
                    try Self.check(dispositions, for: deliveries)
                    // A queue hands out first what it has handed out before.
                    let isUnsuspicious = isProbing && !deliveries.contains(where: \.redelivered)
                    isLast = feed.isFinished
                    if isUnsuspicious || isLast {
                        isCancelled = await cancel(subscription, settling: deliveries, as: dispositions)
                    } else {
                        isCancelled = false
                        settle(deliveries, as: dispositions, on: subscription.channel)
                    }
                } catch {
                    settle(
                        deliveries, as: Array(repeating: .requeue, count: deliveries.count), on: subscription.channel)
                    // Ends the feed, and with it the wait for a batch that is to be prepared.
                    await consuming.closeChannel(subscription.channel)
                    throw HandlerFailure(underlying: error)
                }
                if isCancelled {
                    await consuming.closeChannel(subscription.channel)
                    return isLast ? .finished : .nothingSuspicious
                }
                if looksAhead { feed.setBusy(false) }
                if let ahead = await upcoming { next = ahead } else { next = await work.next(from: feed) }
                // What was taken ahead of the end is left to the broker, as is all that comes after it.
                if let end = feed.end { next = work.preparation(of: end) }
            case .finished:
                _ = await cancel(subscription, settling: [], as: [])
                await consuming.closeChannel(subscription.channel)
                return .finished
            case .lost(let error):
                await consuming.closeChannel(subscription.channel)
                return .lost(error)
            }
        }
    }

    /// Ends the deliveries of a subscription and settles these; returns whether the broker said so.
    private func cancel(
        _ subscription: Connection.Subscription, settling deliveries: [Delivery], as dispositions: [Disposition]
    ) async -> Bool {
        do {
            try await consuming.cancel(subscription, settling: Self.settled(deliveries, as: dispositions))
            return true
        } catch {
            // The channel is lost, which its feed tells.
            return false
        }
    }

    private func settle(_ deliveries: [Delivery], as dispositions: [Disposition], on channel: ChannelID) {
        // Where nobody takes it, the connection has ended and the broker has the deliveries back.
        _ = consuming.mailbox.post(.settle(channel, Self.settled(deliveries, as: dispositions)))
    }

    private static func settled(
        _ deliveries: [Delivery], as dispositions: [Disposition]
    ) -> [(tag: UInt64, disposition: Disposition)] {
        zip(deliveries, dispositions).map { (tag: $0.deliveryTag, disposition: $1) }
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

/// What a consumer does with its batches.
private struct Work<Prepared: Sendable>: Sendable {
    /// What comes next, prepared.
    enum Next: Sendable {
        case batch([Delivery], Prepared)
        case finished
        case lost(RabbitMQError)
    }

    /// Whether a full batch is prepared while the one before it is handled.
    let looksAhead: Bool
    let prepare: @Sendable ([Delivery]) -> Prepared
    let handle: @Sendable (Prepared) async throws -> [Disposition]

    func next(from feed: DeliveryFeed) async -> Next {
        preparation(of: await feed.next())
    }

    func preparation(of next: DeliveryFeed.Next) -> Next {
        switch next {
        case .batch(let deliveries): .batch(deliveries, prepare(deliveries))
        case .finished: .finished
        case .lost(let error): .lost(error)
        }
    }
}

/// Why a subscription is over.
private enum SubscriptionEnd {
    /// The consumer was asked to end.
    case finished
    /// It began carefully, and there is no reason to be.
    case nothingSuspicious
    /// Its channel is gone.
    case lost(RabbitMQError)
}

/// What a handler threw: to be rethrown, and never taken for a lost subscription.
private struct HandlerFailure: Error {
    let underlying: any Error
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
