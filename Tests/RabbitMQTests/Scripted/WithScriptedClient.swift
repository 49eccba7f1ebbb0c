import LockstepTesting
import Logging
import RabbitMQ

/// A scripted broker, a client of it, and what the client's log says about its connections.
struct ScriptedStage: Sendable {
    let broker: ScriptedBroker
    let client: RabbitMQClient
    let breaks: Breaks
}

/// Runs the closure with a scripted broker and a client of it that is in a hurry to reconnect.
func withScriptedClient<R: Sendable>(
    _ script: @escaping ScriptedBroker.Script,
    configure: (inout RabbitMQClientConfiguration) -> Void = { _ in },
    body: @Sendable (ScriptedStage) async throws -> R
) async throws -> R {
    try await withScriptedBroker(script) { broker in
        var configuration = try RabbitMQClientConfiguration(url: broker.url)
        configuration.connectionName = "tests"
        configuration.reconnect = ReconnectBackoff(first: .milliseconds(2), longest: .milliseconds(20))
        configuration.connectTimeout = .seconds(2)
        configure(&configuration)
        let breaks = Breaks()
        let client = RabbitMQClient(configuration: configuration, logger: breaks.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { group.cancelAll() }
            try await client.waitUntilReady()
            return try await body(ScriptedStage(broker: broker, client: client, breaks: breaks))
        }
    }
}

/// Why connections were given up, as the client's log tells.
final class Breaks: Sendable {
    /// One connection that ended, or was never made.
    struct Break: Sendable {
        /// What the connection is for.
        let role: String
        let code: String
        let message: String
    }

    private let log = RecordingLog()

    var all: [Break] {
        log.lines.filter { $0.message == "The broker is not connected" }.map { line in
            Break(
                role: "\(line.metadata["connection"] ?? "")", code: "\(line.metadata["code"] ?? "")",
                message: "\(line.metadata["error"] ?? "")")
        }
    }
    var logger: Logger { log.logger }

    /// The codes of a connection's errors, in order.
    func codes(_ role: String) -> [String] { all.filter { $0.role == role }.map(\.code) }
}

extension ScriptedBroker.Occasion {
    /// Whether it is on the connection that publishes.
    var isPublishing: Bool { name.hasSuffix("publishing") }

    /// Whether it is on the connection that consumes.
    var isConsuming: Bool { name.hasSuffix("consuming") }
}

extension ScriptedBroker {
    /// The texts of all publishes, in the order in which they came.
    var texts: [String] { publishes.map(\.text) }

    /// The tags that were acknowledged on the consuming connection of this life.
    func acknowledged(life: Int) -> Set<UInt64> {
        var tags: Set<UInt64> = []
        for received in received where received.life == life && received.frame.method == .basicAck {
            var arguments = WireArgumentReader(received.frame.arguments)
            guard let tag = arguments.number(UInt64.self), let flags = arguments.number(UInt8.self) else { continue }
            tags.formUnion(flags & 1 == 1 ? 1...max(tag, 1) : tag...tag)
        }
        return tags
    }
}

extension RabbitMQClient {
    /// Publishes texts to a queue in one batch; the beginning of each is also its message's id.
    func publish(texts: [String]) async throws -> [PublishOutcome] {
        try await publish(texts.map { Publication(Message($0, id: String($0.prefix(20))), to: "", routingKey: "q") })
    }
}
