import Lockstep
import Logging
import RabbitMQ
import ServiceLifecycle

extension RabbitMQTransport {
    /// Carries verdicts out: what is not done is first published anew and confirmed, then acknowledged.
    ///
    /// A crash between the two leaves a duplicate, never a gap. Dead letters that the broker does not take over wait for
    /// another try; whatever else it does not take over goes back to the queue as it was. What cannot be published as it
    /// is becomes a dead letter without its headers.
    func settle(_ deliveries: [Delivery], _ verdicts: [Verdict], of office: OfficeName) async throws -> [Disposition] {
        var dispositions = [Disposition](repeating: .ack, count: deliveries.count)
        // Nearly always; a look at each delivery costs more.
        if verdicts.allSatisfy({ $0 == .done }) { return dispositions }
        var waiting: [(index: Int, publication: Publication)] = []
        for (index, (delivery, verdict)) in zip(deliveries, verdicts).enumerated() {
            switch plan(delivery, verdict, of: office) {
            case .settled(let disposition): dispositions[index] = disposition
            case .published(let publication):
                let isSound = client.accepts(publication)
                waiting.append((index, isSound ? publication : RetryLadder(office: office).bare(publication.message)))
            }
        }
        guard !waiting.isEmpty else { return dispositions }
        let answers = try await handOver(waiting.map(\.publication))
        CrashPoint.handedOver.pass()
        for ((index, _), answer) in zip(waiting, answers) { dispositions[index] = answer }
        try await postpone(deliveries, verdicts, &dispositions, of: office)

        let untaken = dispositions.count { $0 == .requeue } - verdicts.count { $0 == .giveBack }
        if untaken > 0 {
            logger.error(
                "The broker did not take retries or dead letters over; they go back and come again",
                metadata: [
                    "office": "\(office)", "deliveries": "\(untaken)",
                    "remedy": "run 'lockstep topology check'; a waiting or dead-letter queue is missing or full",
                ]
            )
            // They come again at once; without a pause that would be a busy loop.
            try await Task.sleep(for: .seconds(1))
        }
        return dispositions
    }

    /// Lets dead letters wait that the broker has no place for.
    ///
    /// Their queue is gone or full. Given back, each would come again at once, until the broker counts it out and
    /// keeps it where nobody sees it, its reason forgotten.
    private func postpone(
        _ deliveries: [Delivery], _ verdicts: [Verdict], _ dispositions: inout [Disposition], of office: OfficeName
    ) async throws {
        var waiting: [(index: Int, publication: Publication)] = []
        for (index, (delivery, verdict)) in zip(deliveries, verdicts).enumerated() {
            guard case .dead(let failure) = verdict, dispositions[index] == .requeue else { continue }
            let attempt = DeliveryHeaders.attempt(of: delivery.message)
            let again = Verdict.retry(after: Self.postponement, attempt: attempt, failure)
            guard case .published(let publication) = plan(delivery, again, of: office), client.accepts(publication)
            else { continue }
            waiting.append((index, publication))
        }
        guard !waiting.isEmpty else { return }
        logger.error(
            "The broker did not take dead letters over; they wait and are tried again",
            metadata: [
                "office": "\(office)", "deliveries": "\(waiting.count)", "again-in": "\(Self.postponement)",
                "remedy": "run 'lockstep topology apply'; the office's dead-letter queue is missing or full",
            ]
        )
        let answers = try await handOver(waiting.map(\.publication))
        for ((index, _), answer) in zip(waiting, answers) { dispositions[index] = answer }
    }

    /// How long a dead letter waits for its queue: short for whoever mends that, long for a broker that cannot.
    private static let postponement = RetryDelay(closestTo: .seconds(30))

    private enum Plan {
        case settled(Disposition)
        case published(Publication)
    }

    private func plan(_ delivery: Delivery, _ verdict: Verdict, of office: OfficeName) -> Plan {
        // Mostly; the rest costs a copy of the message.
        if verdict == .done { return .settled(.ack) }
        let ladder = RetryLadder(office: office)
        var message = delivery.message
        if delivery.headersWereTruncated { message.properties.headers[DeliveryHeaders.headersLeftOut] = true }
        switch verdict {
        case .done: return .settled(.ack)
        case .giveBack: return .settled(.requeue)
        case .dead(let failure):
            let attempt = DeliveryHeaders.attempt(of: message)
            let letter = ladder.dead(message, attempt: attempt, failure: failure, at: clock.now)
            // Only the broker still has the whole body. But it adds to the headers: where they fill a frame already,
            // it could hand the dead letter to nobody, nor what lies behind it.
            if delivery.bodyWasTooLarge, client.accepts(letter) { return .settled(.reject) }
            return .published(letter)
        case .retry(let delay, let attempt, let failure):
            let jitter = Double.random(in: 0...1)
            return .published(
                ladder.waiting(
                    message,
                    after: delay,
                    attempt: attempt,
                    failure: failure,
                    at: clock.now,
                    jitter: jitter
                )
            )
        }
    }

    /// Publishes, and says what that means for each delivery.
    ///
    /// While the service shuts down, a broker that does not answer is not waited for: the deliveries go back.
    private func handOver(_ publications: [Publication]) async throws -> [Disposition] {
        do {
            return try await cancelWhenGracefulShutdown(after: .seconds(3)) {
                try await publishPatiently(publications).map { $0 == .confirmed ? .ack : .requeue }
            }
        } catch is CancellationError {
            return publications.map { _ in .requeue }
        } catch let error as RabbitMQError {
            logger.warning("Retries or dead letters were not published", metadata: ["reason": "\(error.message)"])
            return publications.map { _ in .requeue }
        }
    }
}

/// Does work; once the service is asked to shut down, it has so much time left before it is cancelled.
private func cancelWhenGracefulShutdown<Value: Sendable>(
    after grace: Duration,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try? await gracefulShutdown()
            try await Task.sleep(for: grace)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw CancellationError() }
        return value
    }
}
