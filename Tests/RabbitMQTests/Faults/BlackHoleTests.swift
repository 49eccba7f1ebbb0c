import LockstepTesting
import RabbitMQ
import Testing

/// The connection stays open, and nothing comes through.
@Suite(.timeLimit(.minutes(3)))
struct BlackHoleTests {
    @Test(arguments: [FaultScope.publishing, .consuming], [Fault.freeze, .swallow])
    func isNoticedWhileIdleAndTheOtherConnectionLivesOn(scope: FaultScope, hole: Fault) async throws {
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            // Long enough for the other connection to be heard on a busy machine, too.
            configuration.heartbeat = .seconds(3)
            configuration.connectTimeout = .seconds(1)
        }
        try await withProxiedClient(configure) { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            func holed() -> ConnectionStatus {
                scope == .publishing ? client.status.publishing : client.status.consuming
            }
            func other() -> ConnectionStatus {
                scope == .publishing ? client.status.consuming : client.status.publishing
            }
            await proxy.inject(hole, on: scope)
            let start = ContinuousClock.now
            try await eventually("the hole is noticed") { holed().state == .reconnecting }
            #expect(ContinuousClock.now - start < .seconds(6 + 4), "two heartbeats, and some slack")
            #expect(holed().lastError != nil)
            if scope == .publishing {
                #expect(try await client.inspect(queue: "q")?.messages == 0)
            } else {
                #expect(try await client.publish(Message("a"), to: "", routingKey: "q") == .confirmed)
            }
            #expect(holed().connects == 1, "nobody gets through")
            try await proxy.heal()
            try await eventually("it is back", within: .seconds(5)) { client.status.state == .ready }
            #expect(holed().connects == 2)
            #expect(other().connects == 1)
            try await client.fill("q", ["b"])
            #expect(try await client.emptied("q")["b"] == 1)
        }
    }

    /// The broker does not read: what is not confirmed fills the window, and the window fits into the socket.
    @Test
    func aFullWindowBlocksNobodyAndGoesOnWhereItStood() async throws {
        try await withFullWindow { proxy, client in
            try await proxy.heal()
        }
    }

    /// For so long that both sides give the connection up.
    @Test(arguments: [FaultDirection.clientToBroker, nil])
    func aFullWindowIsPublishedAgainWhenTheConnectionIsGivenUp(direction: FaultDirection?) async throws {
        // Long enough for the other connection to be heard on a busy machine, too.
        try await withFullWindow(heartbeat: .seconds(3), direction) { proxy, client in
            try await eventually("it is given up", within: .seconds(20)) {
                client.status.publishing.state == .reconnecting
            }
            #expect(client.status.consuming.state == .ready)
            try await proxy.heal()
        }
    }

    private func number(_ text: String) -> Int? { Int(text.prefix { $0 != " " }) }

    private func withFullWindow(
        heartbeat: Duration = .seconds(60), _ direction: FaultDirection? = .clientToBroker,
        _ heal: @Sendable (FaultProxy, RabbitMQClient) async throws -> Void
    ) async throws {
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            configuration.heartbeat = heartbeat
            configuration.connectTimeout = .seconds(1)
            // The socket takes two MiB then, which is less than what is published.
            configuration.publishWindow.bytes = 256 * 1024
        }
        try await withProxiedClient(receiveBuffer: 4_096, configure) { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q"), .quorum("other")]))
            try await client.fill("other", (0..<10).map(String.init))
            await proxy.inject(.freeze, direction, on: .publishing)
            let texts = (0..<100).map { "\($0) \(String(repeating: "x", count: 64 * 1024))" }
            async let outcomes = client.publish(texts.map { Publication(Message($0), to: "", routingKey: "q") })
            // Whoever publishes is heard by the connection's own thread, which must not be stuck.
            for _ in 0..<3 {
                let stuck = Task { try await client.publish(Message("never"), to: "", routingKey: "q") }
                // Cancelled before it asks the connection, it would prove nothing, nor would it fail.
                try await Task.sleep(for: .milliseconds(50))
                let start = ContinuousClock.now
                stuck.cancel()
                await #expect(throws: CancellationError.self) { try await stuck.value }
                #expect(ContinuousClock.now - start < .seconds(3))
            }
            #expect(try await client.take(10, from: "other").count == 10, "consuming goes on")
            try await heal(proxy, client)
            #expect(try await outcomes == Array(repeating: .confirmed, count: texts.count))
            let there = try await client.emptied("q")
            // What was cancelled may have been sent before.
            let numbers = there.keys.filter { $0 != "never" }.map(number)
            #expect(Set(numbers) == Set(0..<100), "none is lost, and there is nothing else")
            let connects = client.status.publishing.connects
            #expect(connects > 1 || there.values.allSatisfy { $0 == 1 }, "nothing is published twice on one connection")
            #expect((connects == 1) == (heartbeat == .seconds(60)))
            #expect(client.status.consuming.connects == 1)
        }
    }
}
