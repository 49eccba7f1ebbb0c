public import Lockstep
public import Logging
public import RabbitMQ

/// Makes, rebinds and deletes the queues of an office while events are published.
public struct OfficeQueues: Sendable {
    private let client: RabbitMQClient
    private let api: ManagementAPI
    private let logger: Logger

    /// - Parameter client: One that runs, with an account that may declare and delete.
    public init(_ client: RabbitMQClient, management api: ManagementAPI, logger: Logger) {
        self.client = client
        self.api = api
        self.logger = logger
    }

    /// Declares the queues and binds the patterns: what is published once this has returned reaches the office.
    public func bind(_ subscription: Subscription) async throws(LockstepError) {
        try await translated { try await client.declare(OfficeTopology.complete(for: [subscription])) }
    }

    /// Takes away the patterns by which events still come and that the subscription does not have.
    ///
    /// To be called after ``bind(_:)``, so that there is no moment at which an event that both want is missed.
    public func unbindOthers(than subscription: Subscription) async throws(LockstepError) {
        let queue = BrokerName.queue(of: subscription.office)
        let wanted = Set(subscription.events.map(\.text))
        for binding in try await bindings(of: queue)
        where binding.source == BrokerName.events && !wanted.contains(binding.routingKey) {
            try await translated { try await client.unbind(binding) }
        }
    }

    /// Whether the office has a queue in the broker.
    public func exists(_ office: OfficeName) async throws(LockstepError) -> Bool {
        try await translated { try await client.inspect(queue: BrokerName.queue(of: office)) } != nil
    }

    /// Looks whether an office's queue can be deleted; nothing is changed.
    ///
    /// - Parameter moves: Whether what is queued is to become dead letters; else it is in the way.
    /// - Throws: `refused` where something is queued and `moves` is false, or where somebody consumes.
    public func checkDeletion(of office: OfficeName, moves: Bool) async throws(LockstepError) {
        let still = stillness(of: BrokerName.queue(of: office))
        try await translated {
            // Said at once where it is known at once.
            if !moves, let status = try await client.inspect(queue: still.queue), status.messages > 0 {
                throw Self.queued(office)
            }
            try await still.withoutConsumers()
            guard !moves else { return }
            guard try await still.isEmpty(consumersGoneSince: .now) else { throw Self.queued(office) }
        }
    }

    /// Deletes the queues of an office that nobody works for any more.
    ///
    /// First nothing can come any more, then what is there becomes dead letters, then the queue goes: also what came since
    /// ``checkDeletion(of:moves:)`` is kept. Deliveries that wait to be tried again come back to nobody: they go to
    /// `lockstep.dead.unowned`. The dead-letter queue stays as long as it holds any. Where it was interrupted, it is to be
    /// called again.
    ///
    /// - Returns: How many deliveries became dead letters.
    /// - Throws: `refused` where somebody consumes.
    public func delete(_ office: OfficeName, at now: Timestamp) async throws(LockstepError) -> Int {
        let still = stillness(of: BrokerName.queue(of: office))
        return try await translated {
            try await still.withoutConsumers()
            let end = ContinuousClock.now
            for binding in try await bindings(of: still.queue) { try await client.unbind(binding) }
            var moved = try await drain(office, at: now).run()
            while try await !still.isEmpty(consumersGoneSince: end) { moved += try await drain(office, at: now).run() }
            try await client.delete(queue: still.queue)
            try await client.delete(queue: BrokerName.control(of: office))
            try await client.unbind(OfficeTopology.reports(of: office))
            let letters = stillness(of: BrokerName.deadLetters(of: office))
            if moved == 0, try await letters.isEmpty(consumersGoneSince: end) {
                try await client.delete(queue: letters.queue)
            }
            return moved
        }
    }

    private func stillness(of queue: String) -> QueueStillness {
        QueueStillness(queue: queue, client: client, api: api)
    }

    private func drain(_ office: OfficeName, at now: Timestamp) -> QueueDrain {
        let ladder = RetryLadder(office: office)
        let failure = Failure(.deleted, "the subscription was deleted before the office was told")
        return QueueDrain(queue: BrokerName.queue(of: office), client: client, logger: logger) { [client] delivery in
            let letter = ladder.dead(
                delivery.message, attempt: DeliveryHeaders.attempt(of: delivery.message), failure: failure, at: now)
            // The broker keeps the whole of it where this client cannot.
            guard !delivery.bodyWasTooLarge, !delivery.headersWereTruncated, client.accepts(letter) else {
                return .reject
            }
            return .publish(letter)
        }
    }

    /// All bindings of a queue but the one that every queue has by its name.
    private func bindings(of queue: String) async throws(LockstepError) -> [Binding] {
        try await api.bindings().filter {
            $0.destinationType == "queue" && $0.destination == queue && !$0.source.isEmpty
        }
        .map { Binding(source: $0.source, destination: .queue(queue), routingKey: $0.routingKey) }
    }

    private static func queued(_ office: OfficeName) -> LockstepError {
        LockstepError(
            .refused,
            "Deliveries of '\(office)' are queued that it was not told of. Let it work them off first, or say that they "
                + "become dead letters (--move-to-dead-letters).")
    }

    private func translated<Result>(_ body: () async throws -> Result) async throws(LockstepError) -> Result {
        do {
            return try await body()
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }
}

extension Failure.Class {
    /// The office's subscription was deleted.
    static let deleted = Failure.Class(named: "deleted")
}
