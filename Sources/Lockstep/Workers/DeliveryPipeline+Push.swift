import Tracing

extension DeliveryPipeline {
    /// What the adapter said, by record.
    struct Push: Sendable {
        var results: [Subject: Settlement.PushResult] = [:]
        /// What the adapter said of single events, by the places of their arrivals.
        var eventResults: [Int: Settlement.PushResult] = [:]
        /// Why every change failed, if they did.
        var outage: Failure?
        /// Why nothing more is to be told to the office's system, if it said so.
        var gone: String?
        /// The longest pause that the office's system asked for, if it did.
        var pause: Pause?

        /// Takes note of what concerns more than one change.
        mutating func note(_ result: Settlement.PushResult) {
            gone = gone ?? result.gone
            if let other = result.pause, other.time > pause?.time ?? .zero { pause = other }
        }

        func result(of index: Int, _ arrival: Arrival) -> Settlement.PushResult? {
            eventResults[index] ?? results[arrival.event.subject]
        }
    }

    /// Tells the adapter the newest state of the records that it does not know yet, and notes what it took.
    ///
    /// A record that was merged before a crash and not pushed is found here when its delivery comes again.
    func push(_ arrivals: [Arrival], to adapter: any Adapter) async throws(LockstepError) -> Push {
        guard !arrivals.isEmpty else { return Push() }
        var changes = try await replica.unpushed(among: Set(arrivals.map(\.event.subject)))
        guard !changes.isEmpty else { return Push() }
        attachTraces(of: arrivals, to: &changes)
        let (results, failures) = await apply(changes, with: adapter)
        CrashPoint.answered.pass()
        var push = Push()
        var taken: [Change] = []
        for (change, result) in zip(changes, results) {
            push.results[change.subject] = result
            if result.isSettled { taken.append(change) }
            push.note(result)
        }
        if !taken.isEmpty { try await replica.markPushed(taken) }
        if failures.count == changes.count { push.outage = failures.first }
        return push
    }

    /// Gives each change the trace of the newest of its events.
    private func attachTraces(of arrivals: [Arrival], to changes: inout [Change]) {
        var newest: [Subject: Event] = [:]
        for arrival in arrivals where arrival.event.traceparent != nil {
            let event = arrival.event
            if let other = newest[event.subject], other.version > event.version { continue }
            newest[event.subject] = event
        }
        guard !newest.isEmpty else { return }
        for index in changes.indices { changes[index].trace = newest[changes[index].subject]?.trace }
    }

    /// Asks the adapter, in a span, and records how long it took.
    private func ask(
        _ adapter: any Adapter, _ changes: [Change], in context: AdapterContext
    ) async throws -> [ApplyOutcome] {
        told.add(changes.count)
        let start = ContinuousClock.now
        defer { metrics.adapterAnswered(after: ContinuousClock.now - start) }
        let attributes: SpanAttributes = [
            "lockstep.office": .string(context.office.text), "lockstep.changes": .int(Int64(changes.count)),
        ]
        return try await TraceSpans.with(
            "lockstep adapter", ofKind: .client, changes.map(\.trace), attributes: attributes
        ) {
            try await adapter.apply(changes, in: context)
        }
    }

    /// Applies changes together; if that fails, one by one, so that one bad change does not hold up the others.
    func apply(
        _ changes: [Change],
        with adapter: any Adapter
    ) async -> (results: [Settlement.PushResult], failures: [Failure]) {
        let context = AdapterContext(
            office: subscription.office, concurrency: subscription.pace.concurrency, logger: logger)
        do {
            let outcomes = try await ask(adapter, changes, in: context)
            if outcomes.count == changes.count {
                let results: [Settlement.PushResult] = outcomes.map { outcome in
                    outcome.failure.map { .failure($0) } ?? .outcome(outcome)
                }
                return (results, outcomes.compactMap(\.failure))
            }
            let failure = Failure(.adapter, "the adapter answered for \(outcomes.count) of \(changes.count) changes")
            return (changes.map { _ in .failure(failure) }, changes.map { _ in failure })
        } catch {
            let failure = Failure(.adapter, Self.describe(error))
            guard changes.count > 1 else { return ([.failure(failure)], [failure]) }
            var results: [Settlement.PushResult] = []
            var failures: [Failure] = []
            for change in changes {
                let (result, failure) = await apply([change], with: adapter)
                results += result
                failures += failure
                if let last = result.last, last.gone != nil || last.pause != nil {
                    return (results + changes.dropFirst(results.count).map { _ in last }, failures)
                }
                // The first two failing alike is an office that is down, not a bad change: spare it the rest.
                if failures.count == 2, results.count == 2, let failure = failures.last {
                    let rest = changes.dropFirst(2)
                    return (results + rest.map { _ in .failure(failure) }, failures + rest.map { _ in failure })
                }
            }
            return (results, failures)
        }
    }

    /// An error's type and, where it is made for people, its message: other errors may hold payloads.
    static func describe(_ error: any Error) -> String {
        if let error = error as? LockstepError { return error.message }
        return "the adapter threw \(type(of: error))"
    }
}

extension ApplyOutcome {
    /// Whether the office's system need not be told again.
    var isSettled: Bool {
        switch wrapped {
        case .applied, .unchanged: true
        case .refused, .later, .busy, .failed, .gone: false
        }
    }

    /// Whether it did not work for a reason that may pass.
    package var mayPass: Bool { failure != nil }

    /// Whether nothing more is to be told.
    package var isGone: Bool {
        if case .gone = wrapped { true } else { false }
    }

    /// Whether nothing is to be told for a while.
    package var isBusy: Bool {
        if case .busy = wrapped { true } else { false }
    }

    /// Why it did not work, if it may work later.
    var failure: Failure? {
        guard case .failed(let reason) = wrapped else { return nil }
        return Failure(.adapter, reason)
    }
}

extension Settlement.PushResult {
    /// Whether the office's system need not be told again.
    var isSettled: Bool {
        if case .outcome(let outcome) = self { outcome.isSettled } else { false }
    }

    /// Why nothing more is to be told to the office's system, if it said so.
    var gone: String? {
        if case .outcome(let outcome) = self, case .gone(let reason) = outcome.wrapped { reason } else { nil }
    }

    /// The pause that the office's system asked for, if it did.
    var pause: DeliveryPipeline.Pause? {
        guard case .outcome(let outcome) = self, case .busy(let time, let reason) = outcome.wrapped else { return nil }
        return DeliveryPipeline.Pause(time: time, reason: reason)
    }
}
