import LockstepTesting
import RabbitMQ
import Testing

/// A full batch is prepared while the one before it is handled, and the one before that settled; nothing else changes.
@Suite(.timeLimit(.minutes(2)))
struct BatchStagesTests {
    /// What came to which stage.
    private struct Log: Sendable {
        let prepared = Collected<[String]>()
        let handled = Collected<[String]>()
        let settled = Collected<[String]>()
    }

    private struct Broken: Error {}

    /// Stages that note what came, and then do this.
    private static func stages(
        _ log: Log, handle: @escaping @Sendable ([String]) async throws -> Void = { _ in },
        settle: @escaping @Sendable ([String]) async throws -> Void = { _ in }
    ) -> BatchStages<[String], [String]> {
        BatchStages { deliveries in
            let texts = deliveries.map(\.message.text)
            log.prepared.append([texts])
            return texts
        } handle: { texts in
            try await handle(texts)
            log.handled.append([texts])
            return texts
        } settle: { texts in
            try await settle(texts)
            log.settled.append([texts])
            return Array(repeating: .ack, count: texts.count)
        }
    }

    /// Batches of five, or of what has come within this time.
    private static func options(within window: Duration = .seconds(60)) -> ConsumerOptions {
        ConsumerOptions(prefetch: 20, batching: .collect(count: 5, within: window), isolateRedelivered: false)
    }

    /// Consumes a queue of so many messages while `body` runs, which gets the client.
    private func consume(
        _ count: Int, _ stages: BatchStages<[String], [String]>, options: ConsumerOptions = Self.options(),
        while body: @escaping @Sendable (RabbitMQClient) async throws -> Void
    ) async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<count).map(String.init))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.consume(from: "q", options: options, through: stages) }
                group.addTask { try await body(client) }
                // The body, or a consumer that failed.
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private static let first = ["0", "1", "2", "3", "4"]
    private static let second = ["5", "6", "7", "8", "9"]
    private static let third = ["10", "11", "12", "13", "14"]

    @Test
    func preparesTheNextFullBatchWhileOneIsHandled() async throws {
        let log = Log()
        let stages = Self.stages(log) { texts in
            // Ends only if the second one is prepared before this one is done.
            if texts == Self.first { await log.prepared.untilCount(2) }
        }
        try await consume(10, stages) { client in
            await log.settled.untilCount(2)
            try await eventually("all is acknowledged") { try await client.inspect(queue: "q")?.messages == 0 }
        }
        #expect(log.prepared.all == [Self.first, Self.second])
        #expect(log.handled.all == [Self.first, Self.second])
    }

    @Test
    func handlesTheNextBatchWhileOneIsSettled() async throws {
        let log = Log()
        let stages = Self.stages(
            log,
            settle: { texts in
                // Ends only if the second one is handled before this one is settled.
                if texts == Self.first { await log.handled.untilCount(2) }
            })
        try await consume(15, stages) { _ in await log.settled.untilCount(3) }
        #expect(log.handled.all == [Self.first, Self.second, Self.third])
        #expect(log.settled.all == [Self.first, Self.second, Self.third], "one after the other")
    }

    @Test
    func aBatchThatMayGrowIsLeftToGrow() async throws {
        let log = Log()
        let stages = Self.stages(log) { texts in
            // By then the two that are left would be due.
            if texts == Self.first { try await Task.sleep(for: .milliseconds(1_500)) }
        }
        try await consume(7, stages, options: Self.options(within: .seconds(1))) { client in
            await log.prepared.untilCount(1)
            try await client.fill("q", ["7", "8"])
            await log.settled.untilCount(2)
        }
        #expect(log.prepared.all == [Self.first, ["5", "6", "7", "8"]])
    }

    @Test
    func whatHandlingThrowsEndsTheWaitForTheNextBatch() async throws {
        // One batch and no other: the one that is waited for never comes.
        await #expect(throws: Broken.self) {
            try await consume(5, Self.stages(Log()) { _ in throw Broken() }) { _ in
                try await Task.sleep(for: .seconds(60))
            }
        }
    }

    @Test
    func whatSettlingThrowsIsNoticedWhereNothingElseComes() async throws {
        await #expect(throws: Broken.self) {
            try await consume(5, Self.stages(Log(), settle: { _ in throw Broken() })) { _ in
                try await Task.sleep(for: .seconds(60))
            }
        }
    }

    @Test
    func whatWasTakenAheadIsLeftToTheBrokerWhenItIsToEnd() async throws {
        let log = Log()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let stages = Self.stages(log) { _ in
            // Not by an await of its own, which the cancellation would end.
            await Task.detached { for await _ in gate { break } }.value
        }
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<10).map(String.init))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.consume(from: "q", options: Self.options(), through: stages) }
                await log.prepared.untilCount(2)
                group.cancelAll()
                opener.finish()
                try await group.waitForAll()
            }
            #expect(log.settled.all == [Self.first], "only the batch in hand is finished")
            try await eventually("the broker has the others") { try await client.inspect(queue: "q")?.messages == 5 }
        }
    }
}
