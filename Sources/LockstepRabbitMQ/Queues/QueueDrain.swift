import Lockstep
import Logging
import RabbitMQ
import Synchronization

/// Takes what is in a queue out of it and publishes it elsewhere, in its order.
///
/// Each message is confirmed at its new place before it leaves the old one: what comes in between leaves a duplicate, never a
/// gap. By consuming, since a queue of which only one consumer may be active refuses single gets.
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
    private static let pause = Duration.milliseconds(50)

    let queue: String
    let client: RabbitMQClient
    let logger: Logger
    let way: @Sendable (Delivery) -> Way
    /// Told of how many messages more were moved.
    var moved: @Sendable (Int) -> Void = { _ in }

    /// What became of the messages so far.
    private final class Count: Sendable {
        let settled = Atomic(0)
        let inHand = Atomic(false)
        /// Whether what is handed out from now on stays.
        let isEnding = Atomic(false)
    }

    /// Drains until so few are ready; where nobody publishes to the queue any more, 0 means that it is empty.
    ///
    /// - Returns: How many messages were moved.
    /// - Throws: `refused` where another consumer holds what is in the queue.
    func run(downTo rest: Int = 0) async throws(LockstepError) -> Int {
        let count = Count()
        do {
            while let status = try await client.inspect(queue: queue), status.messages > rest {
                try await consume(downTo: rest, count)
            }
        } catch {
            throw RabbitMQTransport.error(error)
        }
        return count.settled.load(ordering: .relaxed)
    }

    private func consume(downTo rest: Int, _ count: Count) async throws {
        count.isEnding.store(false, ordering: .sequentiallyConsistent)
        var options = ConsumerOptions(tag: "drain", isolateRedelivered: false)
        options.batching = .immediate(limit: 500)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [options] in
                try await client.consume(from: queue, options: options) { deliveries in
                    count.inHand.store(true, ordering: .sequentiallyConsistent)
                    defer { count.inHand.store(false, ordering: .sequentiallyConsistent) }
                    // To be cancelled while it publishes would leave a batch at both places. The channel's end gives
                    // back what is not settled, in its order; what is rejected would go behind all else.
                    if count.isEnding.load(ordering: .sequentiallyConsistent) {
                        count.inHand.store(false, ordering: .sequentiallyConsistent)
                        try await Task.sleep(for: .seconds(3600))
                    }
                    let dispositions = try await move(deliveries)
                    count.settled.add(deliveries.count, ordering: .relaxed)
                    moved(deliveries.count)
                    return dispositions
                }
            }
            group.addTask { try await untilQuiet(downTo: rest, count) }
            defer { group.cancelAll() }
            try await group.next()
        }
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

    /// Waits until the queue has little left, and nothing of it is on its way.
    private func untilQuiet(downTo rest: Int, _ count: Count) async throws {
        var last = -1
        var moved = ContinuousClock.now
        while let status = try await client.inspect(queue: queue) {
            let settled = count.settled.load(ordering: .relaxed)
            let isStill = settled == last && !count.inHand.load(ordering: .sequentiallyConsistent)
            if status.messages <= rest, rest > 0 || isStill {
                count.isEnding.store(true, ordering: .sequentiallyConsistent)
                while count.inHand.load(ordering: .sequentiallyConsistent) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                return
            }
            if !isStill { moved = .now }
            guard ContinuousClock.now - moved < Self.patience else {
                throw LockstepError(
                    .refused,
                    "The queue '\(queue)' holds \(status.messages) messages and hands out none: another consumer has it. "
                        + "Stop that one, then run the command again; nothing is lost meanwhile.")
            }
            last = settled
            try await Task.sleep(for: Self.pause)
        }
    }
}
