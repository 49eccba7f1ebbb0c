import LockstepTesting
import RabbitMQ
import Testing

/// A peer that reads nothing, while more is to be sent than all buffers on the way hold.
///
/// A call of librabbitmq's that sends would not come back. The heartbeat, a minute, has no part in it.
@Suite(.timeLimit(.minutes(3)))
struct DeafPeerTests {
    @Test
    func holdsUpNobodyAndHearsItAllWhenItReadsAgain() async throws {
        try await whileThePeerIsDeaf { proxy, client in
            // Whoever gives up is let go at once: the connection's thread is not stuck in a call.
            await client.expectThatAPublishIsLetGo()
            #expect(client.status.publishing.state == .ready, "it is slow, not lost")
            #expect(
                try await client.take(10, from: "other").count == 10, "the other connection has a thread of its own")
            try await proxy.heal()
        }
    }

    /// Its buffer has room for four kilobytes at a time: what finds none waits in its order.
    @Test
    func hearsItAllThroughANeedle() async throws {
        try await whileThePeerIsDeaf { proxy, client in
            async let behind = client.publish(
                (0..<50).map { Publication(Message("behind \($0)"), to: "", routingKey: "q") })
            try await proxy.heal()
            #expect(try await behind == Array(repeating: .confirmed, count: 50))
        }
    }

    private func whileThePeerIsDeaf(
        _ body: @Sendable (FaultProxy, RabbitMQClient) async throws -> Void
    ) async throws {
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            // Into an empty window any message goes, however small the window.
            configuration.publishWindow.bytes = 64 * 1024
            // The large one is confirmed only after the test has looked at everything else.
            configuration.confirmTimeout = .seconds(120)
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
            #expect(client.status.publishing.connects == 1, "it goes on where it stood")
        }
    }
}

extension RabbitMQClient {
    /// Publishes, gives up, and is let go by the connection that has the message in its hands.
    func expectThatAPublishIsLetGo() async {
        let cancelled = Task { try await publish(Message("never"), to: "", routingKey: "q") }
        // Nothing tells that the connection has it; given up earlier, the call would only show less.
        try? await Task.sleep(for: .milliseconds(500))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }
}
