import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import Logging
import PrivateBroker
import RabbitMQ
import ServiceLifecycle

enum BrokerSnippets {
    static func client(_ worker: any Service, _ logger: Logger) async throws {
        var configuration = try RabbitMQClientConfiguration(url: "amqp://user:password@broker.example/")
        configuration.connectionName = "billing"
        configuration.topology = Topology(queues: [Queue(name: "invoices", arguments: ["x-queue-type": "quorum"])])
        let client = RabbitMQClient(configuration: configuration, logger: logger)
        let group = ServiceGroup(services: [client, worker], logger: logger)
        try await group.run()
    }

    static func publish(_ client: RabbitMQClient, _ bytes: [UInt8]) async throws -> RabbitMQ.PublishOutcome {
        let outcome = try await client.publish(Message(body: bytes), to: "events", routingKey: "invoice.paid")
        return outcome
    }

    /// What the snippet enters its invoices into.
    actor Ledger {
        private(set) var invoices: [[UInt8]] = []

        func enter(_ bodies: [[UInt8]]) throws { invoices += bodies }
    }

    static func consume(_ client: RabbitMQClient, _ ledger: Ledger) async throws {
        try await client.consume(from: "invoices", options: ConsumerOptions(tag: "billing")) { deliveries in
            try await ledger.enter(deliveries.map(\.message.body))
            return Array(repeating: .ack, count: deliveries.count)
        }
    }

    static func transport(_ subscription: Subscription, _ logger: Logger) throws -> RabbitMQTransport {
        var configuration = try RabbitMQClientConfiguration(url: "amqp://guest:guest@127.0.0.1/")
        configuration.topology = OfficeTopology.complete(for: [subscription])
        let client = RabbitMQClient(configuration: configuration, logger: logger)
        let transport = RabbitMQTransport(client, logger: logger)
        return transport
    }

    static func privateBroker(_ directory: URL) async throws {
        try await withPrivateBroker(PrivateBrokerConfiguration(directory: directory)) { broker in
            print(broker.amqpURL, broker.managementURL ?? "")
        }
    }

    static func privateCluster(_ directory: URL) async throws {
        try await withPrivateCluster(PrivateClusterConfiguration(directory: directory)) { cluster in
            try await cluster.leader(of: "orders")?.kill()
        }
    }
}
