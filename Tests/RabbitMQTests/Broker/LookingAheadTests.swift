import LockstepTesting
import RabbitMQ
import Testing

/// A full batch is prepared while the one before it is handled; nothing else changes by that.
@Suite(.timeLimit(.minutes(2)))
struct LookingAheadTests {
    private static func options(within window: Duration = .seconds(60)) -> ConsumerOptions {
        ConsumerOptions(prefetch: 20, batching: .collect(count: 5, within: window), isolateRedelivered: false)
    }

    /// Consumes ten messages, the first five with a handler that waits for `during`.
    private func consumeTen(
        preparing prepared: Collected<[String]>, _ during: @escaping @Sendable () async throws -> Void
    ) async throws -> [String] {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<10).map(String.init))
            let handled = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: Self.options()) { batch in
                        prepared.append([batch.map(\.message.text)])
                        return batch.map(\.message.text)
                    } handler: { texts in
                        if texts.contains("0") { try await during() }
                        handled.append(texts)
                        return Array(repeating: .ack, count: texts.count)
                    }
                }
                await handled.untilCount(10)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(try await client.inspect(queue: "q")?.messages == 0, "all of it is acknowledged")
            return handled.all
        }
    }

    @Test
    func preparesTheNextFullBatchWhileOneIsHandled() async throws {
        let prepared = Collected<[String]>()
        let handled = try await consumeTen(preparing: prepared) {
            // Ends only if the second one is prepared before this one is done.
            try await eventually("the next batch is prepared") { prepared.count == 2 }
        }
        #expect(handled == (0..<10).map(String.init))
        #expect(prepared.all.flatMap(\.self) == handled, "each is prepared once, in order")
    }

    @Test
    func aBatchThatMayGrowIsLeftToGrow() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<7).map(String.init))
            let prepared = Collected<[String]>()
            let handled = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: Self.options(within: .seconds(1))) { batch in
                        prepared.append([batch.map(\.message.text)])
                        return batch.map(\.message.text)
                    } handler: { texts in
                        // What comes meanwhile joins the two that are there already, and would be due by now.
                        if texts.contains("0") {
                            try await Task.sleep(for: .milliseconds(1_500))
                            try await client.fill("q", ["7", "8"])
                            try await eventually("all is out") { try await client.inspect(queue: "q")?.messages == 0 }
                        }
                        handled.append(texts)
                        return Array(repeating: .ack, count: texts.count)
                    }
                }
                await handled.untilCount(9)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(prepared.all == [["0", "1", "2", "3", "4"], ["5", "6", "7", "8"]])
            #expect(handled.all == (0..<9).map(String.init))
        }
    }

    @Test
    func whatTheHandlerThrowsEndsTheWaitForTheNextBatch() async throws {
        struct Broken: Error {}
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            // One batch and no other: the one that is waited for never comes.
            try await client.fill("q", (0..<5).map(String.init))
            await #expect(throws: Broken.self) {
                try await client.consume(from: "q", options: Self.options()) {
                    $0
                } handler: { batch in
                    throw Broken()
                }
            }
            #expect(Set(try await client.take(5, from: "q")) == Set((0..<5).map(String.init)))
        }
    }

    @Test
    func whatWasTakenAheadIsLeftToTheBrokerWhenItIsToEnd() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", (0..<10).map(String.init))
            let prepared = Collected<[String]>()
            let handled = Collected<String>()
            let (gate, opener) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q", options: Self.options()) { batch in
                        prepared.append([batch.map(\.message.text)])
                        return batch.map(\.message.text)
                    } handler: { texts in
                        // Not by an await of its own, which the cancellation would end.
                        await Task.detached { for await _ in gate { break } }.value
                        handled.append(texts)
                        return Array(repeating: .ack, count: texts.count)
                    }
                }
                await prepared.untilCount(2)
                group.cancelAll()
                opener.finish()
                try await group.waitForAll()
            }
            #expect(handled.count == 5, "only the batch in hand is finished")
            try await eventually("the broker has the others") { try await client.inspect(queue: "q")?.messages == 5 }
        }
    }
}
