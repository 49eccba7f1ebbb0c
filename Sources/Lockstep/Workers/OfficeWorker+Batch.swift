import Logging
import ServiceLifecycle

extension OfficeWorker {
    /// How long deliveries are held while the office is down; brokers allow half an hour.
    private static let longestHold = Duration.seconds(600)

    /// Works a batch off, as much of it at a time as the breaker, the pace and the order let pass.
    func work(off deliveries: [EventDelivery]) async throws -> [DeliveryAnswer] {
        let answers = try await answers(for: deliveries)
        return try await keepOrder() ? answers : deliveries.map { _ in DeliveryAnswer(.giveBack) }
    }

    private func answers(for deliveries: [EventDelivery]) async throws -> [DeliveryAnswer] {
        var batch = BatchProgress(deliveries)
        let start = stopwatch.elapsed
        while !batch.isDone {
            switch breaker.admission(at: stopwatch.elapsed) {
            case .everything:
                let turn = try await takeTurns(in: &batch)
                guard !turn.isEmpty else { continue }
                switch limit?.admission(of: turn.count, inSharesOf: share, at: stopwatch.elapsed) {
                case nil: try await pass(turn[...], of: &batch)
                case .changes(let count): try await pass(turn.prefix(count), of: &batch)
                case .nothing(let pause): await hold(&batch, for: pause)
                }
            case .probe:
                let turn = try await takeTurns(in: &batch)
                try await pass(turn.prefix(1), of: &batch, isProbe: true)
            case .nothing(let wait) where stopwatch.elapsed - start + wait > Self.longestHold:
                // The broker takes deliveries back that are held for too long, and counts that against them.
                let failure = asked ?? Failure(.store, "the office is down")
                let delay = max(parking, RetryDelay(atLeast: wait))
                let places = batch.rest[...]
                let answers = batch.deliveries(at: places).map {
                    DeliveryAnswer(.retry(after: delay, attempt: $0.attempt, failure))
                }
                settle(places, answers, in: &batch)
            case .nothing(let pause): await hold(&batch, for: pause)
            }
        }
        return batch.answers
    }

    /// Holds what is left of a batch for a while; where the service is to stop meanwhile, it goes back to the queue.
    private func hold(_ batch: inout BatchProgress, for pause: Duration) async {
        if await !wait(pause) { batch.giveRestBack() }
    }

    /// Tries some deliveries of a batch.
    private func pass(_ places: ArraySlice<Int>, of batch: inout BatchProgress, isProbe: Bool = false) async throws {
        guard let first = places.first else { return }
        let report =
            isProbe
            ? try await probe(batch.deliveries[first]) : try await pass(batch.deliveries(at: places))
        guard report.pause != nil || report.gone != nil else { return settle(places, report.answers, in: &batch) }
        // What the office's system did not want to be told stays in hand.
        let answers = zip(places, report.answers)
        for (place, answer) in answers where answer.verdict == .giveBack { batch.keep(place, answer.outcome) }
        let settled = answers.filter { $0.1.verdict != .giveBack }
        settle(settled.map(\.0)[...], settled.map(\.1), in: &batch)
        guard let reason = report.gone else { return }
        await leave(reason)
        batch.giveRestBack()
    }

    private func pass(_ deliveries: ArraySlice<EventDelivery>) async throws -> DeliveryPipeline.Report {
        let report = try await pipeline.process(deliveries)
        let told = pipeline.told.take()
        limit?.told(told, at: stopwatch.elapsed)
        let wasOpen = breaker.isOpen
        if let pause = report.pause {
            asked = Failure(.later, pause.reason)
            breaker.hold(for: pause.time, at: stopwatch.elapsed)
            if !wasOpen { metrics.breaker(isOpen: true) }
            logger.info(
                "The office's system asked for a pause; its deliveries wait",
                [.reason: pause.reason, .delay: "\(pause.time)"])
            await showBreaker(because: pause.reason)
        } else if let outage = report.outage {
            asked = nil
            breaker.failed(at: stopwatch.elapsed)
            if !wasOpen, breaker.isOpen {
                metrics.breaker(isOpen: true)
                logger.warning("The office is down; its deliveries stay in the queue", [.reason: outage.reason])
            }
            if breaker.isOpen { await showBreaker(because: outage.reason) }
        } else if report.wasTried {
            asked = nil
            breaker.succeeded()
            if wasOpen {
                metrics.breaker(isOpen: false)
                logger.info("The office is back")
                await showBreaker()
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
        metrics.gone(true)
        await isGone(reason)
        _ = await wait(Self.longestHold)
    }

    /// Where a delivery waits that an outage keeps from being tried: the longest of its office's delays.
    private var parking: RetryDelay { subscription.retry.delays.max() ?? RetryDelay.allCases[0] }

    /// Shows people how the breaker stands; where that cannot be kept they see how it stood before.
    func showBreaker(because reason: String? = nil) async {
        let now = wallClock.now
        let probe = breaker.nextProbe.map { now.advanced(by: $0 - stopwatch.elapsed) }
        if reason == nil || shown?.reason == nil { shown = BreakerReport(since: now) }
        shown?.reason = reason
        shown?.nextProbe = probe
        guard let memory, let shown else { return }
        do {
            try await memory.note(shown)
        } catch {
            logger.debug("How the breaker stands cannot be shown", [.reason: error.message])
        }
    }

    /// Waits; false if the service is to stop meanwhile.
    func wait(_ pause: Duration) async -> Bool {
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
