import LockstepTesting
import RabbitMQ
import Testing

/// The broker takes a message and never says so.
@Suite(.timeLimit(.minutes(3)))
struct ConfirmTimeoutTests {
    @Test(arguments: [1, 50])
    func whatIsNeverConfirmedIsPublishedAgain(count: Int) async throws {
        try await withProxiedClient {
            $0.confirmTimeout = .seconds(1)
        } _: { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            // Found by its number, so that the connection that follows is spared.
            let first = try #require(await proxy.connections.first { $0.name?.contains("publishing") == true })
            await proxy.inject(.drop(.basicAck), .brokerToClient, on: .connection(first.index))
            let texts = (0..<count).map(String.init)
            let start = ContinuousClock.now
            try await client.fill("q", texts)
            #expect(ContinuousClock.now - start >= .seconds(1), "not before its time")
            #expect(await proxy.arrived(.basicAck, .brokerToClient, on: .connection(first.index)) > 0)
            #expect(await proxy.passed(.basicAck, .brokerToClient, on: .connection(first.index)) == 0)
            #expect(await proxy.passed(.basicPublish, .clientToBroker) == 2 * count, "all of them once more")
            #expect(client.status.publishing.connects == 2)
            #expect(client.status.consuming.connects == 1)
            let there = try await client.emptied("q")
            #expect(Set(there.keys) == Set(texts), "none is lost, and there is nothing else")
        }
    }

    @Test
    func aSlowConfirmIsNoReason() async throws {
        try await withProxiedClient {
            $0.confirmTimeout = .seconds(2)
        } _: { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            let hold = await proxy.inject(.hold(.basicAck), .brokerToClient, on: .publishing)
            async let filled: Void = client.fill("q", ["a"])
            try await eventually("its confirm is held") { await proxy.arrived(.basicAck, .brokerToClient) == 1 }
            await proxy.heal(hold)
            try await filled
            #expect(client.status.publishing.connects == 1)
            #expect(await proxy.passed(.basicPublish, .clientToBroker) == 1)
        }
    }
}
