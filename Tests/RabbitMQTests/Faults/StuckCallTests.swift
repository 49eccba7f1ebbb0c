import LockstepTesting
import RabbitMQ
import Testing

/// A call into the library that does not come back.
///
/// A message is larger than all buffers on the way, and the peer does not read. The heartbeat, a minute, has no part in it.
@Suite(.timeLimit(.minutes(3)))
struct StuckCallTests {
    @Test
    func theWatchdogFreesTheConnectionAndTheOtherOneGoesOn() async throws {
        try await whileACallIsStuck(watchdogLimit: .seconds(2)) { proxy, client in
            try await eventually("the watchdog ends the call", within: .seconds(12)) {
                client.status.publishing.state == .reconnecting
            }
            #expect(try await client.take(10, from: "other").count == 10, "consuming goes on")
            #expect(client.status.publishing.connects == 1)
            try await proxy.heal()
        } then: { client in
            // On a busy machine it may take such a message, too, for one that is stuck.
            #expect(client.status.publishing.connects > 1)
            #expect(client.status.consuming.connects == 1)
        }
    }

    /// What the watchdog is for: the test above fails where it is taken out, and this one where it is no longer needed.
    @Test
    func withoutTheWatchdogTheCallHangs() async throws {
        try await whileACallIsStuck(watchdogLimit: .seconds(3_600)) { proxy, client in
            let hasEnded = Flag()
            let cancelled = Task {
                defer { hasEnded.set() }
                return try await client.publish(Message("never"), to: "", routingKey: "q")
            }
            cancelled.cancel()
            // That nothing happens is what is tested: for twice as long as the watchdog takes.
            try await Task.sleep(for: .seconds(5))
            #expect(client.status.publishing.state == .ready, "nobody has noticed")
            #expect(
                try await client.take(10, from: "other").count == 10, "the other connection has a thread of its own")
            try await proxy.heal()
            _ = try? await cancelled.value
            #expect(hasEnded.isSet)
        } then: { client in
            #expect(client.status.publishing.connects == 1, "it goes on where it stood")
        }
    }

    private func whileACallIsStuck(
        watchdogLimit: Duration, _ body: @Sendable (FaultProxy, RabbitMQClient) async throws -> Void,
        then check: @Sendable (RabbitMQClient) -> Void
    ) async throws {
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            configuration.watchdogLimit = watchdogLimit
            configuration.connectTimeout = .seconds(1)
            // Into an empty window any message goes, however small the window and the socket's buffer.
            configuration.publishWindow.bytes = 64 * 1024
        }
        try await withProxiedClient(receiveBuffer: 4_096, configure) { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q"), .quorum("other")]))
            try await client.fill("other", (0..<10).map(String.init))
            await proxy.inject(.freeze, .clientToBroker, on: .publishing)
            let large = Message(body: [UInt8](repeating: 1, count: 12 * 1024 * 1024))
            async let outcome = client.publish(large, to: "", routingKey: "q")
            try await body(proxy, client)
            #expect(try await outcome == .confirmed)
            #expect(try await client.inspect(queue: "q")?.messages ?? 0 >= 1)
            check(client)
        }
    }
}
