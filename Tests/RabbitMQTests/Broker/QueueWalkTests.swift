import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct QueueWalkTests {
    private struct Stop: Error {}

    @Test
    func whatIsNotAcknowledgedGoesBackAsItLay() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let texts = (0..<1_000).map(String.init)
            try await client.fill("q", texts)
            var seen: [String] = []
            try await client.walk(along: "q") { walk in
                for limit in [1, 30, 400, 569] {
                    let count = try await walk.step(limit: limit) { deliveries in
                        seen += deliveries.map(\.message.text)
                        // Every fortieth: not more in a step than the broker is sent of a channel at a time.
                        return deliveries.map { Int($0.message.text).map { $0 % 40 == 0 } == true ? .ack : .requeue }
                    }
                    #expect(count == limit)
                }
                #expect(try await walk.step(limit: 10) { $0.map { _ in .ack } } == 0)
                #expect(try await client.inspect(queue: "q")?.messages == 0, "it is held")
            }
            #expect(seen == texts)
            let rest = texts.filter { Int($0).map { $0 % 40 != 0 } == true }
            try await eventually("all of it is back") { try await client.inspect(queue: "q")?.messages == rest.count }
            #expect(try await client.take(rest.count, from: "q") == rest)
        }
    }

    @Test
    func whatIsThrownGivesAllBack() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            try await client.fill("q", ["a", "b", "c"])
            await #expect(throws: Stop.self) {
                try await client.walk(along: "q") { walk in
                    _ = try await walk.step(limit: 1) { $0.map { _ in .requeue } }
                    _ = try await walk.step(limit: 1) { _ in throw Stop() }
                }
            }
            try await eventually("all are back") { try await client.inspect(queue: "q")?.messages == 3 }
            #expect(try await client.take(3, from: "q") == ["a", "b", "c"])
        }
    }
}
