import Glibc
import LockstepTesting
import PrivateBroker
import RabbitMQ
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConnectingTests {
    /// Runs a client that cannot connect; returns what `run()` throws.
    private func failure(_ endpoints: [Endpoint]) async -> RabbitMQError? {
        do {
            try await RabbitMQClient(configuration: .init(endpoints: endpoints), logger: .quiet).run()
            return nil
        } catch {
            return error as? RabbitMQError
        }
    }

    @Test
    func aWrongPasswordEndsItAtOnce() async throws {
        var endpoint = try Endpoint(url: await SharedBroker.broker().amqpURL)
        endpoint.password = "wrong-secret"
        let error = await failure([endpoint])
        #expect(error?.code == .authenticationFailed)
        #expect(error?.description.contains("wrong-secret") == false)
    }

    @Test
    func aMissingVirtualHostEndsItAtOnce() async throws {
        var endpoint = try Endpoint(url: await SharedBroker.broker().amqpURL)
        endpoint.virtualHost = "missing"
        #expect(await failure([endpoint])?.code == .vhostNotFound)
    }

    @Test
    func missingPermissionsEndItAtOnce() async throws {
        try await SharedBroker.withVirtualHost { host in
            try await host.manage("DELETE", "permissions/\(host.name)/guest")
            #expect(await failure([try Endpoint(url: host.amqpURL)])?.code == .accessRefused)
        }
    }

    @Test
    func aPlainPortDoesNotSpeakTLS() async throws {
        var endpoint = try Endpoint(url: await SharedBroker.broker().amqpURL)
        endpoint.tls = TLSOptions(verifyPeer: false, verifyHostname: false)
        let error = await failure([endpoint])
        #expect(error?.code == .tls)
        #expect(error?.message.contains("wrong version number") == true, "OpenSSL's words for it")
    }

    @Test
    func tlsNeedsAnAuthority() async throws {
        let error = await failure([Endpoint(host: "localhost", tls: TLSOptions())])
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("caFile") == true)
    }

    @Test
    func aDeadEndpointIsPassedOver() async throws {
        let broker = try await SharedBroker.broker()
        let dead = Endpoint(host: "127.0.0.1", port: 1)
        let configuration = RabbitMQClientConfiguration(endpoints: [dead, try Endpoint(url: broker.amqpURL), dead])
        let client = RabbitMQClient(configuration: configuration, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.waitUntilReady()
            #expect(client.status.state == .ready)
            #expect(client.status.consuming.product == "RabbitMQ")
            #expect(client.status.consuming.version?.isEmpty == false)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(client.status.state == .stopped)
    }

    @Test
    func nobodyThereMeansTryingAgain() async throws {
        var configuration = RabbitMQClientConfiguration(endpoints: [Endpoint(host: "127.0.0.1", port: 1)])
        configuration.rpcTimeout = .milliseconds(300)
        let client = RabbitMQClient(configuration: configuration, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await eventually("an attempt has failed") { client.status.consuming.lastError != nil }
            await #expect {
                try await client.inspect(queue: "q")
            } throws: { error in
                (error as? RabbitMQError)?.code == .timeout
            }
            #expect(client.status.state == .connecting)
            group.cancelAll()
            try await group.waitForAll()
        }
        await #expect(throws: RabbitMQError.self) { try await client.waitUntilReady() }
        await #expect(throws: RabbitMQError.self) { try await client.publish(Message("a"), to: "", routingKey: "q") }
    }

    @Test
    func aPortThatSaysNothingTimesOut() async throws {
        // Nobody takes the connections: room for all attempts, or later ones end before their login.
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, SOMAXCONN) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        try #require(bound)
        var configuration = RabbitMQClientConfiguration(
            endpoints: [Endpoint(host: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port)))])
        configuration.connectTimeout = .milliseconds(300)
        let client = RabbitMQClient(configuration: configuration, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await eventually("the attempt has timed out", within: .seconds(30)) {
                client.status.consuming.lastError?.contains("does not speak") == true
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test
    func namesItsConnectionsForPeople() async throws {
        try await SharedBroker.withVirtualHost { host in
            try await withClient(url: host.amqpURL, { $0.connectionName = "lockstep worker ward-3" }) { _ in
                try await eventually("the management page shows both") {
                    let connections = try await host.manage("GET", "vhosts/\(host.name)/connections")
                    return connections.contains("lockstep worker ward-3 publishing")
                        && connections.contains("lockstep worker ward-3 consuming")
                }
            }
        }
    }

    @Test
    func aGracefulShutdownSettlesTheBatchInHand() async throws {
        try await SharedBroker.withVirtualHost { host in
            var configuration = try RabbitMQClientConfiguration(url: host.amqpURL)
            configuration.topology = Topology(queues: [.quorum("q"), .quorum("receipts")])
            let client = RabbitMQClient(configuration: configuration, logger: .quiet)
            let (entered, enter) = AsyncStream.makeStream(of: Void.self)
            let (gate, opener) = AsyncStream.makeStream(of: Void.self)
            let worker = ClosureService {
                try await client.consume(from: "q", options: .init(prefetch: 1)) { batch in
                    enter.yield()
                    for await _ in gate { break }
                    // The client still publishes while its consumers end.
                    let outcome = try await client.publish(Message("receipt"), to: "", routingKey: "receipts")
                    return [outcome == .confirmed ? .ack : .requeue]
                }
            }
            let group = ServiceGroup(services: [client, worker], logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await client.fill("q", ["in hand", "left"])
                for await _ in entered { break }
                await group.triggerGracefulShutdown()
                opener.finish()
                try await tasks.waitForAll()
            }
            try await withClient(url: host.amqpURL) { witness in
                let receipts = try await witness.take(1, from: "receipts")
                #expect(receipts == ["receipt"])
                let left = try await witness.take(1, from: "q")
                #expect(left == ["left"])
                let status = try await witness.inspect(queue: "q")
                #expect(status?.messages == 0)
            }
        }
    }
}

private struct ClosureService: Service {
    let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    func run() async throws { try await body() }
}
