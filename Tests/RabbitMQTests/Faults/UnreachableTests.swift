import LockstepTesting
import RabbitMQ
import Testing

/// The broker's port answers late, badly or not at all.
@Suite(.timeLimit(.minutes(3)))
struct UnreachableTests {
    /// Runs the closure with a client that need not get through yet.
    private func withClient(
        _ meet: (FaultProxy) async throws -> Void,
        _ body: @Sendable (FaultProxy, RabbitMQClient) async throws -> Void
    ) async throws {
        try await withProxy { proxy, url in
            var configuration = try RabbitMQClientConfiguration(url: url)
            configuration.connectTimeout = .seconds(1)
            configuration.reconnect = ReconnectBackoff(first: .milliseconds(10), longest: .milliseconds(20))
            let client = RabbitMQClient(configuration: configuration, logger: .quiet)
            try await meet(proxy)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.run() }
                defer { group.cancelAll() }
                try await body(proxy, client)
            }
        }
    }

    @Test
    func aSilentPortIsGivenUpAndTriedAgain() async throws {
        try await withClient {
            try await $0.silence()
        } _: { proxy, client in
            let start = ContinuousClock.now
            try await eventually("both have given up") {
                client.status.publishing.lastError != nil && client.status.consuming.lastError != nil
            }
            // By itself the system would try for minutes.
            #expect(ContinuousClock.now - start < .seconds(15), "no longer than the time-out, and some slack")
            try await eventually("both have tried again") { await proxy.connections.count >= 4 }
            #expect(client.status.publishing.connects == 0)
            try await proxy.accept()
            try await client.waitUntilReady()
            #expect(client.status.publishing.connects == 1)
        }
    }

    @Test
    func aRefusedConnectionIsTriedAgain() async throws {
        try await withClient {
            await $0.refuse()
        } _: { proxy, client in
            try await eventually("both are refused") {
                client.status.publishing.lastError != nil && client.status.consuming.lastError != nil
            }
            #expect(await proxy.connections.isEmpty)
            try await proxy.accept()
            try await client.waitUntilReady()
            await proxy.refuse()
            await proxy.reset()
            try await eventually("both are lost") { client.status.publishing.state == .reconnecting }
            try await proxy.accept()
            try await eventually("both are back") { client.status.state == .ready }
            #expect(client.status.publishing.connects == 2)
        }
    }

    @Test
    func aHalfCloseByTheBrokerIsAnEnd() async throws {
        try await withProxiedClient { proxy, client in
            try await client.declare(Topology(queues: [.quorum("q")]))
            await proxy.halfClose(.brokerToClient)
            try await eventually("both are made again") {
                client.status.publishing.connects == 2 && client.status.consuming.connects == 2
            }
            try await client.fill("q", ["a"])
            #expect(try await client.emptied("q") == ["a": 1])
            try await eventually("the old ones are closed") {
                await proxy.connections.filter(\.isOpen).count == 2
            }
        }
    }
}
