import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// A broker's process that stands still (SIGSTOP) while more is written to it than the system's buffers hold.
    @Suite(.timeLimit(.minutes(3)))
    struct FrozenBrokerTests {
        @Test
        func isLeftWhenItIsSilentAndEverythingResumesOnceItRuns() async throws {
            try await whileTheBrokerIsFrozen(heartbeat: .seconds(2)) { client in
                try await eventually("its silence is noticed", within: .seconds(12)) {
                    client.status.publishing.state == .reconnecting
                }
                #expect(client.status.publishing.connects == 1, "a frozen broker takes nobody in")
            } then: { client in
                #expect(client.status.publishing.connects == 2)
            }
        }

        @Test
        func holdsUpNoCallAndIsServedWhenItThawsInTime() async throws {
            try await whileTheBrokerIsFrozen(heartbeat: .seconds(60)) { client in
                await client.expectThatAPublishIsLetGo()
                #expect(client.status.publishing.state == .ready)
            } then: { client in
                #expect(client.status.publishing.connects == 1)
            }
        }

        /// Another client's consumer, on another broker, goes on meanwhile.
        private func whileTheBrokerIsFrozen(
            heartbeat: Duration, _ body: @Sendable (RabbitMQClient) async throws -> Void,
            then check: @Sendable (RabbitMQClient) -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                var configuration = PrivateBrokerConfiguration(directory: directory)
                configuration.management = false
                try await withPrivateBroker(configuration, logger: .quiet) { broker in
                    let configure = { (configuration: inout RabbitMQClientConfiguration) in
                        configuration.heartbeat = heartbeat
                        configuration.connectTimeout = .seconds(1)
                        configuration.reconnect = ReconnectBackoff(first: .milliseconds(10), longest: .milliseconds(20))
                        // Into an empty window any message goes, however small the window.
                        configuration.publishWindow.bytes = 64 * 1024
                    }
                    try await withClient(url: broker.amqpURL, configure) { client in
                        try await client.declare(Topology(queues: [.quorum("q")]))
                        let seen = Collected<String>()
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask {
                                try await client.consume(from: "q") { batch in
                                    seen.append(batch.map { "\($0.message.body.count)" })
                                    return Array(repeating: .ack, count: batch.count)
                                }
                            }
                            try await client.fill("q", ["before"])
                            await seen.untilCount(1)
                            try await broker.freeze()
                            let large = Message(body: [UInt8](repeating: 1, count: 12 * 1024 * 1024))
                            async let outcome = client.publish(large, to: "", routingKey: "q")
                            try await withClient { other in
                                try await other.declare(Topology(queues: [.quorum("other")]))
                                try await other.fill("other", (0..<10).map(String.init))
                                #expect(try await other.take(10, from: "other").count == 10, "consuming goes on")
                            }
                            do {
                                try await body(client)
                            } catch {
                                // Else what it failed for would hold up its end as well.
                                try await broker.thaw()
                                throw error
                            }
                            try await broker.thaw()
                            #expect(try await outcome == .confirmed)
                            try await eventually("it is consumed", within: .seconds(60)) {
                                seen.all.contains("\(large.body.count)")
                            }
                            check(client)
                            group.cancelAll()
                            try await group.waitForAll()
                        }
                    }
                }
            }
        }
    }
}
