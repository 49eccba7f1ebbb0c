import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(3)))
struct LatencyTests {
    /// A window full per round trip, and not one message.
    @Test
    func aWholeWindowIsUnderWayAtOnce() async throws {
        let window = 40
        try await withProxiedClient {
            $0.publishWindow.messages = window
        } _: { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            await proxy.inject(.latency(.milliseconds(50)))
            // A round trip lasts as long as the test wants it to.
            let hold = await proxy.inject(.hold(.basicAck), .brokerToClient, on: .publishing)
            let texts = (0..<(3 * window)).map(String.init)
            async let filled: Void = client.fill("q", texts)
            try await eventually("the window is full, without a single confirm") {
                await proxy.arrived(.basicPublish, .clientToBroker) >= window
            }
            try await eventually("the broker has confirmed something") {
                await proxy.arrived(.basicAck, .brokerToClient) > 0
            }
            #expect(await proxy.arrived(.basicPublish, .clientToBroker) == window)
            await proxy.heal(hold)
            try await filled
            #expect(try await client.emptied("q").count == texts.count)
        }
    }

    /// Longer than a heartbeat, although nothing comes to its end meanwhile.
    @Test
    func aFrameMayTakeItsTime() async throws {
        try await withProxiedClient {
            $0.heartbeat = .seconds(1)
        } _: { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let text = String(repeating: "x", count: 120_000)
            try await client.fill("q", [text])
            await proxy.inject(.bandwidth(bytesPerSecond: 60_000), .brokerToClient, on: .consuming)
            #expect(try await client.take(1, from: "q") == [text])
            #expect(client.status.consuming.connects == 1)
        }
    }
}
