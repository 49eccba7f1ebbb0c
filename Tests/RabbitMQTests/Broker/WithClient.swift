import LockstepTesting
import Logging
import RabbitMQ

/// Runs the closure with a client on a virtual host of its own; both are gone afterwards.
func withClient<R: Sendable>(
    _ configure: (inout RabbitMQClientConfiguration) -> Void = { _ in },
    _ body: @Sendable (RabbitMQClient) async throws -> R
) async throws -> R {
    try await SharedBroker.withVirtualHost("client") { host in
        try await withClient(url: host.amqpURL, configure, body)
    }
}

/// Runs the closure with a client of this broker.
func withClient<R: Sendable>(
    url: String,
    _ configure: (inout RabbitMQClientConfiguration) -> Void = { _ in },
    _ body: @Sendable (RabbitMQClient) async throws -> R
) async throws -> R {
    var configuration = try RabbitMQClientConfiguration(url: url)
    configuration.connectionName = "tests"
    configure(&configuration)
    return try await withClient(configuration, body)
}

/// Runs the closure with a client that is set up like this.
func withClient<R: Sendable>(
    _ configuration: RabbitMQClientConfiguration, _ body: @Sendable (RabbitMQClient) async throws -> R
) async throws -> R {
    let client = RabbitMQClient(configuration: configuration, logger: .quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        defer { group.cancelAll() }
        try await client.waitUntilReady()
        return try await body(client)
    }
}

extension Logger {
    /// Says nothing unless something is wrong.
    static var quiet: Logger {
        var logger = Logger(label: "tests")
        logger.logLevel = .warning
        return logger
    }
}

extension Queue {
    /// A quorum queue.
    static func quorum(_ name: String, _ arguments: FieldTable = [:]) -> Queue {
        var arguments = arguments
        arguments["x-queue-type"] = "quorum"
        return Queue(name: name, arguments: arguments)
    }
}

extension Message {
    init(_ text: String, id: String? = nil) {
        self.init(body: Array(text.utf8), properties: MessageProperties(messageID: id))
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension RabbitMQClient {
    /// Publishes texts to a queue through the default exchange.
    func fill(_ queue: String, _ texts: some Sequence<String>) async throws {
        let outcomes = try await publish(texts.map { Publication(Message($0), to: "", routingKey: queue) })
        guard outcomes.allSatisfy({ $0 == .confirmed }) else {
            throw RabbitMQError(.notFound, "The queue \(queue) did not take all of it.")
        }
    }

    /// Consumes until `count` deliveries were handled; returns their texts.
    ///
    /// All are acknowledged.
    func take(_ count: Int, from queue: String, options: ConsumerOptions = .init()) async throws -> [String] {
        let taken = Collected<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.consume(from: queue, options: options) { batch in
                    taken.append(batch.map(\.message.text))
                    return Array(repeating: .ack, count: batch.count)
                }
            }
            await taken.untilCount(count)
            group.cancelAll()
            try await group.waitForAll()
        }
        return taken.all
    }
}
