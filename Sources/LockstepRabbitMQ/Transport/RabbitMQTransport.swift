public import Lockstep
public import Logging
public import RabbitMQ

/// Carries events through RabbitMQ.
///
/// It uses a client that somebody else runs: add both the client and the workers to a service group.
public struct RabbitMQTransport: EventTransport {
    let client: RabbitMQClient
    let logger: Logger
    let clock: WallClock
    private let reporter: PublicationReporter?
    private let reportsReceipts: Bool
    private let retriesRefused: Bool

    /// A transport over a client.
    ///
    /// - Parameters:
    ///   - reportsPublications: Whether the ledger is told of what was published.
    ///   - reportsReceipts: Whether the ledger is told what became of deliveries; for offices of which nobody asks.
    ///   - retriesRefused: Whether events that the broker refuses are published again here, for half a minute. Not for an
    ///     ``/Lockstep/OutboxRelay``: it does so itself, keeps each record's order, and lets other records go on.
    public init(
        _ client: RabbitMQClient, logger: Logger, clock: WallClock = .system, reportsPublications: Bool = false,
        reportsReceipts: Bool = true, retriesRefused: Bool = true
    ) {
        self.client = client
        self.logger = logger
        self.clock = clock
        reporter = reportsPublications ? PublicationReporter(client, logger: logger) : nil
        self.reportsReceipts = reportsReceipts
        self.retriesRefused = retriesRefused
    }

    /// Publishes to `lockstep.events`, persistent and mandatory, and waits for the broker's confirms.
    ///
    /// What no office wants goes to `lockstep.unrouted` by way of the alternate exchange, so it counts as confirmed;
    /// only where that is missing does the broker return it.
    ///
    /// Where the ledger is to be told, it is so once the broker has answered, in a message to `lockstep.receipts`;
    /// a failure of that is only logged.
    public func publish(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        let acceptedAt = clock.now
        let outcomes = try await confirmed(events)
        await reporter?.report(events, outcomes, acceptedAt: acceptedAt, at: clock.now)
        return outcomes
    }

    private func confirmed(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        let batch = events.map {
            Publication(EventHeaders.message(for: $0), to: BrokerName.events, routingKey: $0.routingKey)
        }
        do {
            let outcomes = try await retriesRefused ? publishPatiently(batch) : client.publish(batch)
            return outcomes.map { outcome in
                switch outcome {
                case .confirmed: .confirmed
                case .returned: .unrouted
                case .refused: .refused("the broker refused it; a queue that it goes to is full")
                }
            }
        } catch {
            throw Self.error(error)
        }
    }

    /// Publishes what was refused again, for a while: after a restart, a quorum queue refuses until it has a leader.
    ///
    /// An office that got it the first time sees a duplicate, which is harmless; so is the other order, since every
    /// event has its version already.
    func publishPatiently(_ batch: [Publication]) async throws -> [RabbitMQ.PublishOutcome] {
        var outcomes = try await client.publish(batch)
        for pause in Self.pauses {
            let refused = outcomes.indices.filter { outcomes[$0] == .refused }
            guard !refused.isEmpty else { break }
            logger.notice(
                "The broker refused events; they are published again",
                metadata: ["events": "\(refused.count)"]
            )
            try await Task.sleep(for: pause)
            for (index, outcome) in zip(refused, try await client.publish(refused.map { batch[$0] })) {
                outcomes[index] = outcome
            }
        }
        return outcomes
    }

    /// How long to wait before what was refused is published again: half a minute in all.
    private static let pauses: [Duration] = [0.1, 0.2, 0.5, 1, 2, 3, 5, 5, 5, 8].map { .seconds($0) }

    /// Consumes the office's queue; a second worker for the same office stands by until the first one is gone.
    public func deliver(
        to office: OfficeName,
        mode: Lockstep.DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        var options = ConsumerOptions(tag: office.text)
        // While one batch is worked off, the one before is settled and the one after is read; and what the broker is told
        // of the one before that is on its way, until which it hands out nothing for it.
        options.prefetch = UInt16(clamping: max(100, mode.events * 6))
        options.batching =
            mode.within.map { .collect(count: mode.events, within: $0) } ?? .immediate(limit: mode.events)
        do {
            try await consume(office, options, handler)
        } catch let error as RabbitMQError {
            throw Self.error(error)
        }
    }

    private func consume(
        _ office: OfficeName, _ options: ConsumerOptions,
        _ handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        let reporter = reportsReceipts ? ReceiptReporter(client, office: office, logger: logger) : nil
        let stages = BatchStages { deliveries in
            (deliveries, deliveries.map(Self.read))
        } handle: { deliveries, events in
            (deliveries, events, try await handler(events))
        } settle: { deliveries, events, answers in
            guard answers.count == deliveries.count else {
                preconditionFailure("a worker answers for every delivery")
            }
            guard let reporter else { return try await settle(deliveries, answers.map(\.verdict), of: office) }
            let (report, receipts) = ReceiptCodec.json(
                office: office, at: clock.now, deliveries: events, answers: answers)
            async let reported: Void = reporter.report(report, receipts: receipts)
            let dispositions = try await settle(deliveries, answers.map(\.verdict), of: office)
            await reported
            return dispositions
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await reporter?.run() }
            defer { group.cancelAll() }
            try await client.consume(from: BrokerName.queue(of: office), options: options, through: stages)
        }
    }

    private static func read(_ delivery: Delivery) -> EventDelivery {
        let history = DeliveryHeaders.history(of: delivery.message)
        return EventDelivery(
            Result { () throws(LockstepError) in try EventHeaders.event(from: delivery) },
            attempt: history.attempt,
            redelivered: delivery.redelivered,
            putOffAt: history.putOffAt
        )
    }

    /// The broker's error in Lockstep's terms.
    static func error(_ error: any Error) -> LockstepError {
        switch error {
        case let error as LockstepError: error
        case let error as RabbitMQError where error.code == .notFound:
            LockstepError(
                .notFound,
                "\(error.message) Run 'lockstep topology apply' to declare what is missing.",
                underlying: error
            )
        case let error as RabbitMQError where error.code == .preconditionFailed:
            LockstepError(.topologyMismatch, error.message, underlying: error)
        case let error as RabbitMQError where [.messageTooLarge, .headersTooLarge].contains(error.code):
            LockstepError(.eventTooLarge, error.message, underlying: error)
        case let error as RabbitMQError: LockstepError(.brokerUnavailable, error.message, underlying: error)
        default: LockstepError(.brokerUnavailable, "the broker cannot be used: \(type(of: error))", underlying: error)
        }
    }
}
