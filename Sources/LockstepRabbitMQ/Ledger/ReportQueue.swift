public import Lockstep
public import Logging
public import RabbitMQ
import ServiceLifecycle
import Synchronization

/// The queue `lockstep.ledger`: all that workers and publishers report.
///
/// It uses a client that somebody else runs. One ledger takes from it at a time, or each would know only a part.
public struct ReportQueue: LedgerFeed {
    /// The most messages that are taken in together; one may hold the reports of a thousand events.
    private static let batch = 50

    private let client: RabbitMQClient
    private let clock: WallClock
    private let logger: Logger
    private let patience: Duration

    /// The queue, over a client.
    ///
    /// - Parameter patience: How long to wait for another ledger to end; the broker gives up a machine that is gone
    ///   after two heartbeats.
    public init(
        _ client: RabbitMQClient, clock: WallClock = .system, patience: Duration = .seconds(30), logger: Logger
    ) {
        self.patience = patience
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// Hands reports over; what cannot be read goes to `lockstep.ledger.dead`, and the next one goes on.
    ///
    /// - Throws: What the handler throws; ``/Lockstep/LockstepError`` where the queue is not there, or another ledger
    ///   takes from it.
    public func reports(_ handler: @escaping @Sendable ([LedgerReport]) async throws -> Void) async throws {
        var options = ConsumerOptions(tag: "ledger")
        // While one batch is taken in, the one before is settled and the one after arrives.
        options.prefetch = UInt16(Self.batch * 3)
        options.batching = .immediate(limit: Self.batch)
        do {
            while true {
                try await waitUntilFree()
                do {
                    return try await take(options, handler)
                } catch is Contended {
                    // Both give way, and not for as long as each other.
                    try await cancelWhenGracefulShutdown {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 50...1_000)))
                    }
                }
            }
        } catch let error as RabbitMQError {
            throw RabbitMQTransport.error(error)
        }
    }

    /// Another ledger takes from the queue.
    private struct Contended: Error {}

    /// On which connection, by its number, it was seen that no other ledger takes from the queue.
    private final class OtherLedgers: Sendable {
        let absent = Mutex<Int?>(nil)
    }

    private func take(
        _ options: ConsumerOptions, _ handler: @escaping @Sendable ([LedgerReport]) async throws -> Void
    ) async throws {
        let others = OtherLedgers()
        let stages = BatchStages { deliveries in
            (deliveries, deliveries.map(Self.read))
        } handle: { deliveries, contents in
            try await mind(others)
            let reports = contents.compactMap { try? $0.get() }
            if !reports.isEmpty { try await handler(reports) }
            return (deliveries, contents)
        } settle: { deliveries, contents in
            try await settle(deliveries, contents)
        }
        try await client.consume(from: BrokerName.ledger, options: options, through: stages)
    }

    /// Looks once for each connection whether somebody else takes from the queue, before anything is taken in.
    ///
    /// Two that started at the same moment, or of which one has come back, have both found the queue free. Of these the
    /// one that looks last sees the other; whoever has looked before and found nobody stays.
    ///
    /// - Throws: ``Contended`` where there is another one.
    private func mind(_ others: OtherLedgers) async throws {
        let connects = client.status.consuming.connects
        guard others.absent.withLock({ $0 != connects }) else { return }
        // Where the broker does not answer, the connection is lost: the batch comes again, and then it is looked again.
        guard let status = try? await client.inspect(queue: BrokerName.ledger) else { return }
        if status.consumers > 1 { throw Contended() }
        others.absent.withLock { $0 = connects }
    }

    /// Waits until nobody takes from the queue: a ledger that was killed, or whose machine is gone, seems to for a while.
    ///
    /// Quorum queues know no exclusive consumers, and to make this one know a single active one, it would have to be
    /// deleted and declared anew.
    private func waitUntilFree() async throws {
        let start = ContinuousClock.now
        while try await client.inspect(queue: BrokerName.ledger).map({ $0.consumers > 0 }) ?? false {
            guard start.duration(to: .now) < patience else {
                throw LockstepError(
                    .brokerUnavailable,
                    "Another ledger takes from '\(BrokerName.ledger)'. Each would know only a part: keep one."
                )
            }
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(100)) }
        }
    }

    private static func read(_ delivery: Delivery) -> Result<LedgerReport, LockstepError> {
        Result { () throws(LockstepError) in try ReportMessage.report(from: delivery) }
    }

    /// Acknowledges what was taken in, and what is safe among the dead letters.
    private func settle(
        _ deliveries: [Delivery], _ contents: [Result<LedgerReport, LockstepError>]
    ) async throws -> [Disposition] {
        var dispositions = [Disposition](repeating: .ack, count: deliveries.count)
        var letters: [(index: Int, publication: Publication)] = []
        for (index, content) in contents.enumerated() {
            guard case .failure(let error) = content else { continue }
            logger.warning(
                "A report that cannot be read becomes a dead letter",
                metadata: ["reason": "\(error.message)", "key": "\(deliveries[index].routingKey)"]
            )
            letters.append((index, letter(deliveries[index], error)))
        }
        let outcomes = try await client.publish(letters.map(\.publication))
        for (outcome, letter) in zip(outcomes, letters) where outcome != .confirmed {
            logger.error(
                "The broker did not take a dead letter of the ledger over; it comes again",
                metadata: [
                    "queue": "\(BrokerName.ledgerDeadLetters)",
                    "remedy": "run 'lockstep topology apply'; the queue is missing or full",
                ]
            )
            dispositions[letter.index] = .requeue
        }
        // They come again at once; without a pause that would be a busy loop.
        if dispositions.contains(.requeue) { try await Task.sleep(for: .seconds(1)) }
        return dispositions
    }

    private func letter(_ delivery: Delivery, _ error: LockstepError) -> Publication {
        let failure = Failure(.undecodable, error.message)
        let message = DeliveryHeaders.noting(failure, attempt: 1, at: clock.now, on: delivery.message)
        let letter = Publication(message, to: BrokerName.dead, routingKey: BrokerName.ledger)
        guard !client.accepts(letter) else { return letter }
        return Publication(DeliveryHeaders.bare(message), to: BrokerName.dead, routingKey: BrokerName.ledger)
    }
}
