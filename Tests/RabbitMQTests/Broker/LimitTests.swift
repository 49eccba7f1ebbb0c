import FoundationEssentials
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// What a broker allows, and what its operator takes away and gives back while clients run.
    @Suite(.timeLimit(.minutes(4)))
    struct LimitTests {
        private func withBroker(
            _ extraConfig: [String] = [], _ body: @Sendable (PrivateBroker) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                var configuration = PrivateBrokerConfiguration(directory: directory)
                configuration.management = false
                configuration.extraConfig = extraConfig
                try await withPrivateBroker(configuration, logger: .quiet, body)
            }
        }

        /// While a handler overstays the broker's limit, its channel is closed, and another one gets the same number.
        @Test
        func aHandlerOverTheConsumerTimeoutGetsItsDeliveryAgainAndItsLateAckHurtsNobody() async throws {
            try await withBroker(["consumer_timeout = 5000"]) { broker in
                // How often a channel looks; there is no line of rabbitmq.conf for it.
                _ = try await broker.control(["eval", "application:set_env(rabbit, channel_tick_interval, 1000)."])
                try await withClient(url: broker.amqpURL) { client in
                    try await client.declare(Topology(queues: [.quorum("q"), .quorum("other")]))
                    try await client.fill("q", ["slow"])
                    try await client.fill("other", ["innocent"])
                    let seen = Collected<Bool>()
                    let lost = Collected<Void>()
                    let taken = Collected<Void>()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                                seen.append(batch.map(\.redelivered))
                                guard batch.contains(where: { !$0.redelivered }) else { return [.ack] }
                                try await eventually("the broker takes the delivery back", within: .seconds(60)) {
                                    try await client.inspect(queue: "q")?.messages == 1
                                }
                                lost.append([()])
                                await taken.untilCount(1)
                                return [.ack]
                            }
                        }
                        await lost.untilCount(1)
                        _ = try await client.get(from: "other", limit: 1) { _ in
                            taken.append([()])
                            await seen.untilCount(2)
                            return [.requeue]
                        }
                        try await eventually("all is settled") {
                            try await client.inspect(queue: "q") == QueueStatus(messages: 0, consumers: 1)
                        }
                        #expect(client.consumers.first?.isSubscribed == true)
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                    #expect(seen.all == [false, true])
                    #expect(try await client.take(1, from: "other") == ["innocent"], "nobody has acknowledged it")
                    #expect(client.status.consuming.connects == 1)
                }
                let log = try String(contentsOf: broker.logFile, encoding: .utf8)
                #expect(log.contains("delivery acknowledgement on channel"), "the broker's limit was reached")
                #expect(!log.contains("unknown delivery tag"))
            }
        }

        @Test
        func aPublisherWithoutItsPermissionIsToldAndGoesOnWithIt() async throws {
            try await SharedBroker.withVirtualHost { host in
                try await withClient(url: host.amqpURL) { client in
                    try await client.declare(Topology(queues: [.quorum("q")]))
                    try await client.fill("q", ["before"])
                    try await allow(host, write: "^$")
                    let refused = Collected<RabbitMQError>()
                    // A channel remembers permissions until it has been idle for a while.
                    try await eventually("it is refused", within: .seconds(60), every: .seconds(2)) {
                        do {
                            try await client.fill("q", ["allowed yet"])
                        } catch let error as RabbitMQError {
                            refused.append([error])
                        }
                        return refused.count > 0
                    }
                    #expect(refused.all.first?.code == .accessRefused)
                    try await allow(host)
                    try await client.fill("q", ["after"])
                    #expect(client.status.publishing.connects == 1, "only the channel was closed")
                    let count = try #require(try await client.inspect(queue: "q")).messages
                    let texts = try await client.take(count, from: "q")
                    #expect(texts.first == "before" && texts.last == "after")
                }
            }
        }

        @Test
        func aConsumerWithoutItsPermissionComesBackWithIt() async throws {
            try await SharedBroker.withVirtualHost { host in
                try await withClient(url: host.amqpURL) { client in
                    let topology = Topology(queues: [.quorum("q")])
                    try await client.declare(topology)
                    let seen = Collected<String>()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await client.consume(from: "q") { batch in
                                seen.append(batch.map(\.message.text))
                                return Array(repeating: .ack, count: batch.count)
                            }
                        }
                        try await client.fill("q", ["before"])
                        await seen.untilCount(1)
                        // The broker asks for the permission only when somebody subscribes.
                        try await allow(host, read: "^$")
                        try await client.delete(queue: "q")
                        try await eventually("the loss is noticed") { client.consumers.first?.isSubscribed == false }
                        try await client.declare(topology)
                        try await client.fill("q", ["after"])
                        try await eventually("the broker has refused it") {
                            let log = try String(contentsOf: host.broker.logFile, encoding: .utf8)
                            return log.contains("access to queue 'q' in vhost '\(host.name)' refused")
                        }
                        #expect(seen.all == ["before"])
                        try await allow(host)
                        await seen.untilCount(2)
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                    #expect(seen.all == ["before", "after"])
                    #expect(client.status.consuming.connects == 1)
                }
            }
        }

        @Test
        func aVirtualHostThatIsDeletedAndMadeAgainIsUsedAgain() async throws {
            try await SharedBroker.withVirtualHost { host in
                let configure = { (configuration: inout RabbitMQClientConfiguration) in
                    configuration.topology = Topology(queues: [.quorum("q")])
                    configuration.reconnect.longest = .seconds(1)
                }
                try await withClient(url: host.amqpURL, configure) { client in
                    let seen = Collected<String>()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await client.consume(from: "q") { batch in
                                seen.append(batch.map(\.message.text))
                                return Array(repeating: .ack, count: batch.count)
                            }
                        }
                        try await client.fill("q", ["before"])
                        await seen.untilCount(1)
                        try await host.manage("DELETE", "vhosts/\(host.name)")
                        try await eventually("both are told", within: .seconds(60)) {
                            [client.status.publishing, client.status.consuming].allSatisfy {
                                $0.lastError?.contains("virtual host") == true
                            }
                        }
                        try await host.manage("PUT", "vhosts/\(host.name)")
                        try await allow(host)
                        try await client.fill("q", ["after"])
                        await seen.untilCount(2)
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                    #expect(seen.all == ["before", "after"])
                }
            }
        }

        @Test
        func aConnectionLimitIsNamedAndWaitedFor() async throws {
            try await SharedBroker.withVirtualHost { host in
                let limit = "vhost-limits/\(host.name)/max-connections"
                try await host.manage("PUT", limit, #"{"value": 0}"#)
                var configuration = try RabbitMQClientConfiguration(url: host.amqpURL)
                configuration.reconnect.longest = .seconds(1)
                let client = RabbitMQClient(configuration: configuration, logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await client.run() }
                    try await eventually("both are told") {
                        [client.status.publishing, client.status.consuming].allSatisfy {
                            $0.lastError?.contains("takes no more connections") == true
                        }
                    }
                    #expect(client.status.publishing.lastError?.hasPrefix("connectionRefused: ") == true)
                    try await host.manage("DELETE", limit)
                    try await client.waitUntilReady()
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }

        @Test
        func aMessageOverTheBrokersLimitFailsAlone() async throws {
            try await withBroker(["max_message_size = 100000"]) { broker in
                try await withClient(url: broker.amqpURL) { client in
                    try await client.declare(Topology(queues: [.quorum("q")]))
                    let texts = (0..<20).map(String.init)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for text in texts { group.addTask { try await client.fill("q", [text]) } }
                        group.addTask {
                            let large = Message(body: [UInt8](repeating: 0, count: 100_001))
                            await #expect {
                                try await client.publish(large, to: "", routingKey: "q")
                            } throws: { error in
                                let error = error as? RabbitMQError
                                return error?.code == .messageTooLarge && error?.message.contains("100000") == true
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(client.status.publishing.connects == 1)
                    let count = try #require(try await client.inspect(queue: "q")).messages
                    #expect(Set(try await client.take(count, from: "q")) == Set(texts))
                }
            }
        }

        @Test
        func anExchangeThatIsDeletedIsMissedUntilItIsBack() async throws {
            try await withClient { client in
                let topology = Topology(
                    exchanges: [Exchange(name: "e", kind: .fanout)], queues: [.quorum("q")],
                    bindings: [Binding(source: "e", destination: .queue("q"), routingKey: "")])
                try await client.declare(topology)
                #expect(try await client.publish(Message("before"), to: "e", routingKey: "") == .confirmed)
                try await client.delete(exchange: "e")
                await #expect {
                    try await client.publish(Message("between"), to: "e", routingKey: "")
                } throws: { error in
                    let error = error as? RabbitMQError
                    return error?.code == .notFound && error?.message.contains("'e'") == true
                }
                try await client.declare(topology)
                #expect(try await client.publish(Message("after"), to: "e", routingKey: "") == .confirmed)
                #expect(try await client.take(2, from: "q") == ["before", "after"])
                #expect(client.status.publishing.connects == 1)
            }
        }

        /// Sets what `guest` may do on a virtual host, by regular expressions.
        private func allow(_ host: VirtualHost, write: String = ".*", read: String = ".*") async throws {
            try await host.manage(
                "PUT", "permissions/\(host.name)/guest",
                #"{"configure": ".*", "write": "\#(write)", "read": "\#(read)"}"#)
        }
    }
}
