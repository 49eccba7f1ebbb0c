import Lockstep
import Logging
import RabbitMQ

/// Takes what is in a queue out of it and publishes it elsewhere, in its order.
///
/// Each message is confirmed at its new place before it leaves the old one: what comes in between leaves a duplicate, never a
/// gap. By consuming, since a queue of which only one consumer may be active refuses single gets; and no more at a time than is
/// published and settled: a quorum queue that has many back at once may have them in another order.
struct QueueDrain: Sendable {
    /// Where a message goes.
    enum Way: Sendable {
        case publish(Publication)
        /// To wherever the queue dead-letters to: what cannot be published as it is.
        case reject
        /// Nowhere: it stays, and the drain ends with this.
        case refuse(LockstepError)
    }

    /// How long a queue may hold something that nobody hands out.
    private static let patience = Duration.seconds(30)

    let queue: String
    let client: RabbitMQClient
    let logger: Logger
    let way: @Sendable (Delivery) -> Way
    /// Told of how many messages more were moved.
    var moved: @Sendable (Int) -> Void = { _ in }

    /// Drains until so few are ready; where nobody publishes to the queue any more, 0 means that it is empty.
    ///
    /// - Returns: How many messages were moved.
    /// - Throws: `refused` where another consumer holds what is in the queue.
    func run(downTo rest: Int = 0) async throws(LockstepError) -> Int {
        do {
            return try await client.walk(along: queue) { try await drain($0, downTo: rest) }
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }

    private func drain(_ walk: QueueWalk, downTo rest: Int) async throws -> Int {
        var total = 0
        var lengths = LegLength()
        var lastTaken = ContinuousClock.now
        while let status = try await client.inspect(queue: queue), status.messages > rest {
            try Task.checkCancellation()
            let count = try await walk.step(limit: min(lengths.next, status.messages)) { deliveries in
                let dispositions = try await move(deliveries)
                lengths.note(deliveries, settled: dispositions.runs)
                return dispositions
            }
            if count > 0 {
                total += count
                moved(count)
                lastTaken = .now
            }
            guard ContinuousClock.now - lastTaken < Self.patience else {
                throw LockstepError(
                    .refused,
                    "The queue '\(queue)' holds \(status.messages) messages and hands out none: another consumer has it. "
                        + "Stop that one, then run the command again; nothing is lost meanwhile.")
            }
        }
        return total
    }

    private func move(_ deliveries: [Delivery]) async throws -> [Disposition] {
        var publications: [Publication] = []
        var dispositions: [Disposition] = []
        for delivery in deliveries {
            switch way(delivery) {
            case .publish(let publication):
                publications.append(publication)
                dispositions.append(.ack)
            case .reject: dispositions.append(.reject)
            case .refuse(let error): throw error
            }
        }
        let outcomes = try await RabbitMQTransport(client, logger: logger).publishPatiently(publications)
        guard outcomes.allSatisfy({ $0 == .confirmed }) else {
            throw LockstepError(
                .brokerUnavailable,
                "The broker did not take over what was in '\(queue)'; it is there still. Run the command again. Where an "
                    + "office's queue is at its limit, resume the office before that, and let it work some off.")
        }
        CrashPoint.moved.pass()
        return dispositions
    }
}

extension [Disposition] {
    /// How many times in a row the same is said.
    fileprivate var runs: Int {
        zip(self, dropFirst()).count { $0 != $1 } + (isEmpty ? 0 : 1)
    }
}
