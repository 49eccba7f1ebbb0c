import Glibc
import LockstepTesting
import RabbitMQ
import Testing

/// Tasks that run on a connection's own thread.
@Suite(.timeLimit(.minutes(2)))
struct ExecutorTests {
    @Test
    func aHandlerRunsOnTheConsumingConnectionsThreadAndAllIsSettled() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let texts = (0..<2_000).map(String.init)
            try await client.fill("q", texts[...])
            let seen = Collected<String>()
            let threads = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withTaskExecutorPreference(client.consumingExecutor) {
                        try await client.consume(from: "q", options: .init(batching: .immediate(limit: 125))) { batch in
                            threads.append([currentThreadName()])
                            seen.append(batch.map(\.message.text))
                            return batch.map { _ in .ack }
                        }
                    }
                }
                await seen.untilCount(texts.count)
                // Jobs of others are done between those of such a task.
                #expect(try await client.inspect(queue: "q")?.consumers == 1)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(seen.all == texts)
            #expect(Set(threads.all) == ["amqp-consuming"])
            #expect(try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 0))
        }
    }

    @Test
    func onePublisherRunsOnThePublishingConnectionsThread() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let threads = try await withTaskExecutorPreference(client.publishingExecutor) {
                () async throws -> Set<String> in
                var threads: Set<String> = []
                for number in 0..<20 {
                    let outcome = try await client.publish(Message("\(number)"), to: "", routingKey: "q")
                    #expect(outcome == .confirmed)
                    threads.insert(currentThreadName())
                }
                return threads
            }
            #expect(threads == ["amqp-publishing"])
            #expect(try await client.take(20, from: "q") == (0..<20).map(String.init))
        }
    }
}

private func currentThreadName() -> String {
    let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var name = [UInt8](repeating: 0, count: 32)
    let count = read(file, &name, name.count)
    return String(decoding: name.prefix(max(0, count - 1)), as: UTF8.self)
}
