import Logging
import Tracing

/// What happens to a batch of deliveries, from top to bottom: decode, merge, push, settle.
struct DeliveryPipeline: Sendable {
    /// For how long the office's system takes nothing, and why.
    struct Pause: Sendable, Hashable {
        var time: Duration
        var reason: String
    }

    /// What came of a batch.
    struct Report: Sendable {
        /// One answer for each delivery, in order.
        var answers: [DeliveryAnswer]
        /// Why all that was tried failed, if it did: a reason outside the deliveries.
        var outage: Failure?
        /// Why nothing more is to be told to the office's system, if it said so.
        var gone: String?
        /// The pause that the office's system asked for, if it did; what is given back then may wait for its end.
        var pause: Pause?
        /// Whether the office had anything to do at all.
        var wasTried = true
    }

    let subscription: Subscription
    let replica: any ReplicaStore
    let adapter: (any Adapter)?
    let metrics: OfficeMetrics
    let wallClock: WallClock
    let logger: Logger
    let told = ToldChanges()

    var settlement: Settlement { Settlement(policy: subscription.retry) }

    /// Works a batch off.
    ///
    /// - Throws: What only a person can mend, such as a damaged replica. Nothing is settled then.
    func process(_ deliveries: ArraySlice<EventDelivery>) async throws(LockstepError) -> Report {
        CrashPoint.delivered.pass()
        let arrivals = deliveries.compactMap { delivery in
            (try? delivery.content.get()).map { Arrival($0, attempt: delivery.attempt) }
        }
        let attributes: SpanAttributes = [
            "lockstep.office": .string(subscription.office.text),
            "messaging.batch.message_count": .int(Int64(deliveries.count)),
        ]
        return try await TraceSpans.with(
            "lockstep apply", ofKind: .consumer, arrivals.map(\.event.trace), attributes: attributes
        ) { () async throws(LockstepError) -> Report in try await process(deliveries, arrivals) }
    }

    private func process(
        _ deliveries: ArraySlice<EventDelivery>, _ arrivals: [Arrival]
    ) async throws(LockstepError) -> Report {
        let acceptances: [Acceptance]
        let push: Push
        do throws(LockstepError) {
            acceptances = try await replica.merge(arrivals)
            CrashPoint.committed.pass()
            metrics.committed(arrivals, acceptances, at: wallClock.now)
            push =
                switch adapter {
                case nil: Push()
                case let adapter? where adapter.wants == .events:
                    try await pushEvents(of: arrivals, acceptances, to: adapter)
                case let adapter?: try await self.push(arrivals, to: adapter)
                }
        } catch {
            guard error.mayPass else { throw error }
            return failed(deliveries, Failure(.store, error.message))
        }
        CrashPoint.noted.pass()

        var rest = zip(arrivals.indices, acceptances).makeIterator()
        let answers = deliveries.map { delivery in
            switch delivery.content {
            case .failure(let error):
                logger.warning("An undecodable delivery becomes a dead letter", [.reason: error.message])
                return DeliveryAnswer(.dead(Failure(.undecodable, error.message)))
            case .success:
                guard let (index, acceptance) = rest.next() else {
                    preconditionFailure("a replica answers for every arrival")
                }
                let arrival = arrivals[index]
                let verdict = settlement.verdict(
                    attempt: arrival.attempt, acceptance: acceptance, push: push.result(of: index, arrival))
                log(verdict, of: arrival)
                return DeliveryAnswer(verdict, outcome: acceptance.outcome)
            }
        }
        return Report(
            answers: answers, outage: push.outage, gone: push.gone, pause: push.pause, wasTried: !arrivals.isEmpty)
    }

    /// The answers where the replica could not be written at all; what cannot be decoded still need not wait.
    private func failed(_ deliveries: ArraySlice<EventDelivery>, _ failure: Failure) -> Report {
        logger.warning(
            "The replica cannot be written; deliveries wait",
            [.deliveries: "\(deliveries.count)", .reason: failure.reason]
        )
        let answers = deliveries.map { delivery in
            switch delivery.content {
            case .failure(let error): DeliveryAnswer(.dead(Failure(.undecodable, error.message)))
            case .success: DeliveryAnswer(settlement.verdict(attempt: delivery.attempt, failure: failure))
            }
        }
        return Report(answers: answers, outage: failure)
    }

    private func log(_ verdict: Verdict, of arrival: Arrival) {
        switch verdict {
        case .done, .giveBack: break
        case .retry(let delay, let attempt, let failure):
            EventLogTrace.about(arrival.event) {
                logger.debug(
                    "A delivery is tried again",
                    arrival.metadata([.delay: delay.name, .attempt: "\(attempt)", .reason: failure.reason])
                )
            }
        case .dead(let failure):
            EventLogTrace.about(arrival.event) {
                logger.warning(
                    "A delivery becomes a dead letter",
                    arrival.metadata([.errorClass: failure.kind.name, .reason: failure.reason])
                )
            }
        }
    }
}
