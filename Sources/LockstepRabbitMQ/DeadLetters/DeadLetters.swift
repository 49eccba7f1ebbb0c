public import Lockstep
public import RabbitMQ

/// The dead letters of an office: to look at, to send again, to throw away.
///
/// Looking takes them out of the queue for a moment and gives them back in their order; meanwhile a second look would
/// not see them.
public struct DeadLetters: Sendable {
    /// How many are held in memory at once.
    private static let chunk = 1000

    private let client: RabbitMQClient
    private let office: OfficeName

    /// The dead letters of an office.
    public init(of office: OfficeName, client: RabbitMQClient) {
        self.office = office
        self.client = client
    }

    /// The oldest dead letters, `limit` at most.
    public func list(limit: Int) async throws(LockstepError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        try await get(limit: limit) { deliveries in
            letters += deliveries.map(DeadLetter.init)
            return deliveries.map { _ in .requeue }
        }
        return letters
    }

    /// Sends dead letters to their office again, as if they came for the first time.
    ///
    /// Each is in the office's queue, confirmed, before it leaves the dead letters: a crash leaves a duplicate at worst.
    /// - Returns: How many were sent.
    public func replay(_ selection: DeadLetterSelection) async throws(LockstepError) -> Int {
        try await take(selection) { chosen in
            let outcomes = try await client.publish(
                chosen.map { delivery in
                    Publication(
                        DeliveryHeaders.replaying(delivery.message),
                        // Straight to the queue: where it is gone, the broker returns the message.
                        to: "",
                        routingKey: BrokerName.queue(of: office)
                    )
                }
            )
            return outcomes.map { $0 == .confirmed }
        }
    }

    /// Throws dead letters away, for ever.
    ///
    /// - Returns: How many went.
    public func discard(_ selection: DeadLetterSelection) async throws(LockstepError) -> Int {
        try await take(selection) { $0.map { _ in true } }
    }

    /// Takes the chosen ones out where `settle` says so, and gives the others back.
    private func take(
        _ selection: DeadLetterSelection,
        _ settle: ([Delivery]) async throws -> [Bool]
    ) async throws(LockstepError) -> Int {
        let queue = BrokerName.deadLetters(of: office)
        var left = try await depth(of: queue)
        var taken = 0
        while left > 0 {
            // What is given back comes again first, so that only a whole choice can go chunk by chunk.
            let limit = selection == .all ? min(left, Self.chunk) : left
            var inChunk = 0
            let seen = try await get(limit: limit) { deliveries in
                let chosen = deliveries.indices.filter { selection.contains(DeadLetter(deliveries[$0])) }
                let settled = try await settle(chosen.map { deliveries[$0] })
                var dispositions = [Disposition](repeating: .requeue, count: deliveries.count)
                for (index, isSettled) in zip(chosen, settled) where isSettled {
                    dispositions[index] = .ack
                    inChunk += 1
                }
                return dispositions
            }
            taken += inChunk
            left -= limit
            if seen < limit || selection != .all || inChunk < seen { break }
        }
        return taken
    }

    private func depth(of queue: String) async throws(LockstepError) -> Int {
        do {
            if let status = try await client.inspect(queue: queue) { return status.messages }
        } catch {
            throw RabbitMQTransport.error(error)
        }
        throw LockstepError(
            .notFound,
            "The office '\(office)' has no dead-letter queue in the broker. Run 'lockstep topology apply'."
        )
    }

    @discardableResult
    private func get(
        limit: Int,
        _ handler: ([Delivery]) async throws -> [Disposition]
    ) async throws(LockstepError) -> Int {
        do {
            return try await client.get(from: BrokerName.deadLetters(of: office), limit: limit, handler: handler)
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }
}
