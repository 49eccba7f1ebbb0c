import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TopologyTests {
    @Test
    func declaresWhatRoutes() async throws {
        try await withClient { client in
            let topology = Topology(
                exchanges: [
                    Exchange(name: "events", kind: .topic, arguments: ["alternate-exchange": "unrouted"]),
                    Exchange(name: "unrouted", kind: .fanout), Exchange(name: "inner", kind: .direct),
                ],
                queues: [.quorum("ward-1"), .quorum("rest")],
                bindings: [
                    Binding(source: "events", destination: .exchange("inner"), routingKey: "inner.*"),
                    Binding(source: "inner", destination: .queue("ward-1"), routingKey: "inner.a"),
                    Binding(source: "events", destination: .queue("ward-1"), routingKey: "permit.#"),
                    Binding(source: "unrouted", destination: .queue("rest"), routingKey: ""),
                ])
            try await client.declare(topology)
            try await client.declare(topology)
            for key in ["permit.issued.ward-1", "inner.a", "policy.started"] {
                #expect(try await client.publish(Message(key), to: "events", routingKey: key) == .confirmed)
            }
            #expect(Set(try await client.take(2, from: "ward-1")) == ["permit.issued.ward-1", "inner.a"])
            #expect(try await client.take(1, from: "rest") == ["policy.started"])

            try await client.unbind(Binding(source: "events", destination: .queue("ward-1"), routingKey: "permit.#"))
            #expect(try await client.publish(Message("x"), to: "events", routingKey: "permit.x") == .confirmed)
            #expect(try await client.inspect(queue: "rest")?.messages == 1)
            #expect(try await client.purge(queue: "rest") == 1)
        }
    }

    @Test
    func looksAndDeletesWithoutComplaint() async throws {
        try await withClient { client in
            #expect(try await client.inspect(queue: "q") == nil)
            #expect(try await client.exists(exchange: "e") == false)
            try await client.delete(queue: "q")
            try await client.delete(exchange: "e")
            try await client.unbind(Binding(source: "e", destination: .queue("q"), routingKey: ""))
            try await client.declare(Topology(exchanges: [Exchange(name: "e")], queues: [.quorum("q")]))
            #expect(try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 0))
            #expect(try await client.exists(exchange: "e"))
            try await client.delete(queue: "q")
            try await client.delete(exchange: "e")
            #expect(try await client.inspect(queue: "q") == nil)
        }
    }

    @Test
    func aConflictNamesTheObjectAndTheDifferenceAndHurtsNobodyElse() async throws {
        try await withClient { client in
            try await client.declare(Topology(queues: [.quorum("q", ["x-max-length": 10])]))
            let seen = Collected<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: "q") { batch in
                        seen.append(batch.map(\.message.text))
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                try await eventually("it is subscribed") { client.consumers.first?.isSubscribed == true }
                await #expect {
                    try await client.declare(Topology(queues: [.quorum("q", ["x-max-length": 20])]))
                } throws: { error in
                    guard let error = error as? RabbitMQError else { return false }
                    return error.code == .preconditionFailed && error.message.contains("'q'")
                        && error.message.contains("x-max-length")
                }
                try await client.fill("q", ["after"])
                await seen.untilCount(1)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(client.status.consuming.connects == 1)
        }
    }

    @Test
    func theClientsOwnTopologyIsThereWhenItIsReady() async throws {
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            configuration.topology = Topology(queues: [.quorum("own")])
        }
        try await withClient(configure) { client in
            let outcome = try await client.publish(Message("a"), to: "", routingKey: "own")
            #expect(outcome == .confirmed)
        }
    }

    @Test
    func refusesNamesThatAMQPCannotCarry() async throws {
        try await withClient { client in
            let long = String(repeating: "q", count: 256)
            for topology in [
                Topology(queues: [Queue(name: long)]), Topology(queues: [Queue(name: "")]),
                Topology(exchanges: [Exchange(name: long)]),
                Topology(bindings: [Binding(source: "e", destination: .queue("q"), routingKey: long)]),
            ] {
                await #expect {
                    try await client.declare(topology)
                } throws: { error in
                    (error as? RabbitMQError)?.code == .invalidName
                }
            }
        }
    }
}
