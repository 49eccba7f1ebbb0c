import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import PrivateBroker
import RabbitMQ
import Synchronization

@testable import LockstepService

/// A virtual host and a state directory of its own, with one declared office, and a client that runs.
struct SubscriptionSite: Sendable {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let host: VirtualHost
    let operations: Operations
    let client: RabbitMQClient
    /// What follows the store; it runs.
    let changes: StoreChanges

    static func with(_ body: @escaping @Sendable (SubscriptionSite) async throws -> Void) async throws {
        try await SharedBroker.withVirtualHost("subscriptions") { host in
            try await withTemporaryDirectory { directory in
                var configuration = Configuration(state: directory)
                configuration.broker = BrokerConfiguration(
                    endpoints: [try Endpoint(url: host.amqpURL)],
                    management: ManagementAddress(
                        url: host.broker.managementURL ?? "", user: "guest", password: "guest"))
                configuration.offices = [
                    Subscription(office: try OfficeName("declared"), events: [try TopicPattern("permit.#")])
                ]
                let topology = OfficeTopology.complete(for: configuration.offices)
                let operations = Operations(configuration, logger: quiet)
                let client = RabbitMQClient(
                    configuration: try RabbitMQClientConfiguration(url: host.amqpURL), logger: quiet)
                let changes = StoreChanges(configuration, logger: quiet)
                try await ServiceRunner.run(beside: [client, changes], logger: quiet) {
                    try await client.waitUntilReady()
                    try await client.declare(topology)
                    try await body(
                        SubscriptionSite(host: host, operations: operations, client: client, changes: changes))
                }
            }
        }
    }

    func settings(_ events: String...) -> SubscriptionSettings {
        var settings = SubscriptionSettings()
        settings["events"] = JSONText(strings: events)
        return settings
    }

    /// Publishes an event straight to the exchange.
    func publish(_ id: String, _ key: String) async throws {
        let message = Message(body: Array("{}".utf8), properties: MessageProperties(messageID: id))
        let outcome = try await client.publish(message, to: "lockstep.events", routingKey: key)
        guard outcome == .confirmed else { throw Unconfirmed() }
    }

    /// The ids of what a queue holds, in its order; it is empty afterwards.
    func take(from queue: String) async throws -> [String] {
        let taken = Taken()
        // What was handed out and not yet taken when the consumer ends goes back to its place.
        while try await client.inspect(queue: queue)?.messages ?? 0 > 0 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.consume(from: queue) { deliveries in
                        taken.ids.withLock { $0 += deliveries.compactMap(\.message.properties.messageID) }
                        return deliveries.map { _ in .ack }
                    }
                }
                try await eventually("the queue is empty, and nothing comes any more", every: .milliseconds(100)) {
                    let isStill = taken.isStill()
                    return try await client.inspect(queue: queue)?.messages == 0 && isStill
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        return taken.ids.withLock { $0 }
    }

    func depth(_ queue: String) async throws -> Int? { try await client.inspect(queue: queue)?.messages }

    struct Unconfirmed: Error {}

    /// What was taken out of a queue.
    private final class Taken: Sendable {
        let ids = Mutex<[String]>([])
        private let last = Mutex(-1)

        /// Whether nothing has come since this was asked before.
        func isStill() -> Bool {
            let count = ids.withLock { $0.count }
            return last.withLock { last in
                defer { last = count }
                return last == count
            }
        }
    }
}
