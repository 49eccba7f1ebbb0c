import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import PrivateBroker
import RabbitMQ

/// Offices in a virtual host of their own, with their topology declared and a client that runs.
struct Offices: Sendable {
    let host: VirtualHost
    let client: RabbitMQClient
    let subscriptions: [Subscription]

    var transport: RabbitMQTransport { RabbitMQTransport(client, logger: quiet) }

    var management: ManagementAPI {
        get throws {
            guard let url = host.broker.managementURL else { throw Missing() }
            return ManagementAPI(.init(url: url, user: "guest", password: "guest", virtualHost: host.name))
        }
    }

    /// Takes so many deliveries out of a queue.
    func take(_ count: Int, from queue: String) async throws -> [Delivery] {
        let (stream, arrivals) = AsyncStream.makeStream(of: [Delivery].self)
        return await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await client.consume(from: queue) { deliveries in
                    arrivals.yield(deliveries)
                    return deliveries.map { _ in .ack }
                }
            }
            var taken: [Delivery] = []
            for await deliveries in stream {
                taken += deliveries
                if taken.count >= count { break }
            }
            group.cancelAll()
            return taken
        }
    }

    private struct Missing: Error {}
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs the closure with offices that each want the patterns given for them.
func withOffices(
    _ wishes: [String: [String]] = ["ward-3": ["permit.*.ward-3"]],
    declaring: Bool = true,
    _ body: (Offices) async throws -> Void
) async throws {
    try await SharedBroker.withVirtualHost { host in
        let subscriptions = try wishes.sorted { $0.key < $1.key }.map { name, patterns in
            Subscription(office: try OfficeName(name), events: try patterns.map(TopicPattern.init))
        }
        let client = RabbitMQClient(configuration: try RabbitMQClientConfiguration(url: host.amqpURL), logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.waitUntilReady()
            if declaring { try await client.declare(OfficeTopology.complete(for: subscriptions)) }
            try await body(Offices(host: host, client: client, subscriptions: subscriptions))
            group.cancelAll()
        }
    }
}

/// An event for a ward.
func sampleEvent(_ number: Int = 1, type: String = "permit.issued", scope: String = "ward-3") throws -> Event {
    Event(
        id: try EventID("event-\(number)"),
        source: try Origin("core"),
        type: try EventType(type),
        subject: try Subject("permit/\(number)"),
        time: Timestamp(microseconds: 1_711_960_200_123_000),
        scope: try Scope(scope),
        version: Version(reading: ClockReading(UInt64(number)), origin: try Origin("core")),
        data: ["status": "Issued"]
    )
}
