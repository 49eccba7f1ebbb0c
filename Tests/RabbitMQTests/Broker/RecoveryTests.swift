import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// What is done to these brokers would hurt other tests, so each has its own.
    @Suite(.timeLimit(.minutes(4)))
    struct RecoveryTests {
        private func withBroker(_ body: @Sendable (PrivateBroker) async throws -> Void) async throws {
            try await withTemporaryDirectory { directory in
                var configuration = PrivateBrokerConfiguration(directory: directory)
                configuration.management = false
                try await withPrivateBroker(configuration, logger: .quiet, body)
            }
        }

        @Test
        func nothingIsLostWhenTheBrokerIsKilled() async throws {
            try await withBroker { broker in
                // RabbitMQ 3.10 writes down which files belong to a new quorum queue about a second after it declared it;
                // killed before, it comes back with the queue empty and without a leader.
                let declaredLongAgo = ContinuousClock.now + .seconds(4)
                try await nothingIsLost([Endpoint(url: broker.amqpURL)]) { client, _ in
                    try await Task.sleep(until: declaredLongAgo)
                    try await broker.kill()
                    try await eventually("the loss is noticed") { client.status.state == .reconnecting }
                    try await broker.restart()
                    try await eventually("both are back", within: .seconds(60)) { client.status.state == .ready }
                    #expect(client.status.publishing.connects == 2)
                }
            }
        }

        @Test
        func nothingIsLostWhenTheBrokerFreezes() async throws {
            try await withBroker { broker in
                try await nothingIsLost([Endpoint(url: broker.amqpURL)], heartbeat: .seconds(1)) { client, _ in
                    try await broker.freeze()
                    let frozen = ContinuousClock.now
                    try await eventually("both connections are given up") {
                        client.status.publishing.state != .ready && client.status.consuming.state != .ready
                    }
                    #expect(ContinuousClock.now - frozen < .seconds(8), "no call blocks past the limits")
                    try await broker.thaw()
                    try await eventually("both are back", within: .seconds(60)) { client.status.state == .ready }
                }
            }
        }

        @Test
        func nothingIsLostWhenConnectionsAreClosedByAnOperator() async throws {
            try await withBroker { broker in
                try await nothingIsLost([Endpoint(url: broker.amqpURL)]) { client, _ in
                    _ = try await broker.control(["close_all_connections", "maintenance"])
                    try await eventually("both are made again") {
                        client.status.publishing.connects > 1 && client.status.consuming.connects > 1
                    }
                }
            }
        }

        @Test
        func anAlarmPausesPublishingAndNotConsuming() async throws {
            try await withBroker { broker in
                try await withClient(url: broker.amqpURL) { client in
                    try await client.declare(Topology(queues: [.quorum("q")]))
                    try await client.fill("q", (0..<10).map(String.init))
                    try await broker.raiseAlarm(.memory)
                    async let outcome = client.publish(Message("later"), to: "", routingKey: "q")
                    try await eventually("the alarm is seen") {
                        if case .blocked = client.status.publishing.state { true } else { false }
                    }
                    #expect(client.status.consuming.state == .ready)
                    #expect(try await client.take(10, from: "q").first == "0", "consuming goes on")
                    try await broker.clearAlarm(.memory)
                    #expect(try await outcome == .confirmed)
                    try await eventually("the alarm is over") { client.status.state == .ready }
                    #expect(client.status.publishing.connects == 1, "a blocked connection is not a broken one")
                }
            }
        }

        @Test
        func anAlarmDoesNotHoldUpTheEnd() async throws {
            try await withBroker { broker in
                let client = RabbitMQClient(configuration: try .init(url: broker.amqpURL), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await client.run() }
                    try await client.waitUntilReady()
                    try await broker.raiseAlarm(.memory)
                    let stuck = Task { try await client.publish(Message("never"), to: "", routingKey: "q") }
                    try await eventually("the alarm is seen") {
                        if case .blocked = client.status.publishing.state { true } else { false }
                    }
                    let start = ContinuousClock.now
                    group.cancelAll()
                    try await group.waitForAll()
                    #expect(ContinuousClock.now - start < .seconds(20))
                    await #expect(throws: RabbitMQError.self) { try await stuck.value }
                }
            }
        }
    }
}
