import Glibc
import LockstepTesting
import RabbitMQ
import Testing

@Suite("Messages that kill the process", .timeLimit(.minutes(3)))
struct PoisonTests {
    private static let done: Int32 = 40
    private static let killed: Int32 = 41

    @Test("only the message that kills the process is dead-lettered, whatever was handed out with it")
    func innocentsAreSpared() async throws {
        try await SharedBroker.withVirtualHost("poison") { host in
            try await withClient(url: host.amqpURL) { client in
                let arguments: FieldTable = [
                    "x-delivery-limit": 3, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead",
                ]
                try await client.declare(
                    Topology(queues: [.quorum("q", arguments), .quorum("dead"), .quorum("done")]))
                let innocents = (0..<120).map { "innocent \($0)" }
                // Two of them, so that the second one finds a prefetch that has already been through a crash.
                try await client.fill("q", innocents[..<25] + ["poison 1"] + innocents[25..<40])
                try await client.fill("q", ["poison 2"] + innocents[40...])

                try await client.fill("q", ["the end"])

                var lives = 0
                repeat {
                    lives += 1
                    try #require(lives < 20, "the workers get nowhere")
                } while try await Self.work(at: host.amqpURL) != .exitCode(Self.done)
                #expect(lives >= 3, "a worker has died of it again and again")
                #expect(Set(try await client.take(2, from: "dead")) == ["poison 1", "poison 2"])
                let count = try #require(try await client.inspect(queue: "done")).messages
                #expect(Set(try await client.take(count, from: "done")) == Set(innocents))
                #expect(try await client.inspect(queue: "dead")?.messages == 0, "nothing else died")
            }
        }
    }

    /// Works in a process of its own, until the queue's end is reached or the process is dead.
    private static func work(at url: String) async throws -> ExitStatus {
        try await #require(processExitsWith: .failure) { [url] in
            try await withClient(url: url) { client in
                let end = Collected<Void>()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await client.consume(from: "q", options: .init(prefetch: 50)) { batch in
                            // Noted one by one, as effects outside are: what follows the poison is not reached.
                            for text in batch.map(\.message.text) {
                                if text.hasPrefix("poison") { _exit(PoisonTests.killed) }
                                if text == "the end" { end.append([()]) } else { try await client.fill("done", [text]) }
                            }
                            return Array(repeating: .ack, count: batch.count)
                        }
                    }
                    await end.untilCount(1)
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            exit(PoisonTests.done)
        }.exitStatus
    }
}
