import LockstepTesting
import Logging
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// The broker dies before its confirms have arrived: what it has of the messages only it could say.
    @Suite(.timeLimit(.minutes(4)))
    struct KilledUnconfirmedTests {
        @Test
        func nothingIsLostHoweverMuchIsUnconfirmed() async throws {
            try await withTemporaryDirectory { directory in
                var configuration = PrivateBrokerConfiguration(directory: directory)
                configuration.management = false
                try await withPrivateBroker(configuration, logger: .quiet) { broker in
                    try await withFaultProxy(to: broker.amqpPort) { proxy in
                        try await withClient(url: "amqp://guest:guest@127.0.0.1:\(proxy.port)/") { client in
                            try await client.declare(Topology(queues: [.quorum("q")]))
                            try await client.fill("q", ["first"])
                            // RabbitMQ 3.10 writes down late which files belong to a new quorum queue, but before it stops.
                            try await broker.restart()
                            #expect(try await client.emptied("q") == ["first": 1], "from here on the queue is safe")
                            for count in [1, 50, 500] { try await kill(broker, proxy, client, unconfirmed: count) }
                        }
                    }
                }
            }
        }

        /// Kills the broker with exactly so many messages published of which the client has heard nothing.
        private func kill(
            _ broker: PrivateBroker, _ proxy: FaultProxy, _ client: RabbitMQClient, unconfirmed count: Int
        ) async throws {
            try await eventually("it is connected", within: .seconds(60)) { client.status.state == .ready }
            let connects = client.status.publishing.connects
            let published = await proxy.passed(.basicPublish, .clientToBroker)
            let confirms = await proxy.arrived(.basicAck, .brokerToClient, on: .publishing)
            let hold = await proxy.inject(.hold(.basicAck), .brokerToClient, on: .publishing)
            let texts = (0..<count).map { "\(count)/\($0)" }
            async let outcomes = client.publish(texts.map { Publication(Message($0), to: "", routingKey: "q") })
            try await eventually("all are at the broker, and its confirms are on their way") {
                let arrived = await proxy.arrived(.basicAck, .brokerToClient, on: .publishing)
                return await proxy.passed(.basicPublish, .clientToBroker) == published + count && arrived > confirms
            }
            try await broker.kill()
            await proxy.heal(hold)
            try await eventually("the loss is noticed") { client.status.publishing.state == .reconnecting }
            try await broker.restart()
            #expect(try await outcomes == Array(repeating: .confirmed, count: count))
            #expect(client.status.publishing.connects == connects + 1)
            #expect(
                await proxy.passed(.basicPublish, .clientToBroker) == published + 2 * count, "all of them once more")
            let there = try await client.emptied("q")
            #expect(Set(there.keys) == Set(texts), "none is lost, and there is nothing else")
            #expect(there.values.allSatisfy { $0 <= 2 })
            let duplicates = there.values.reduce(-there.count, +)
            Logger(label: "recovery-tests").info("killed with \(count) unconfirmed: \(duplicates) are there twice")
        }
    }
}
