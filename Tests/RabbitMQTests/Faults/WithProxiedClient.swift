import LockstepTesting
import PrivateBroker
import RabbitMQ

/// Runs the closure with a client that reaches its virtual host through a fault proxy.
///
/// The client connects again at once, and says nothing that it is not asked to for the time of a test: its heartbeat
/// is a minute.
func withProxiedClient<R: Sendable>(
    receiveBuffer: Int? = nil,
    _ configure: (inout RabbitMQClientConfiguration) -> Void = { _ in },
    _ body: @Sendable (FaultProxy, RabbitMQClient) async throws -> R
) async throws -> R {
    try await withProxy(receiveBuffer: receiveBuffer) { proxy, url in
        let configure = { (configuration: inout RabbitMQClientConfiguration) in
            configuration.heartbeat = .seconds(60)
            configuration.reconnect = ReconnectBackoff(first: .milliseconds(10), longest: .milliseconds(20))
            configure(&configuration)
        }
        return try await withClient(url: url, configure) { try await body(proxy, $0) }
    }
}

/// Runs the closure with a fault proxy in front of a virtual host, and the URL that leads through it.
func withProxy<R>(
    receiveBuffer: Int? = nil, _ body: (FaultProxy, _ url: String) async throws -> R
) async throws -> R {
    try await SharedBroker.withVirtualHost("faults") { host in
        try await withFaultProxy(to: host.broker.amqpPort, receiveBuffer: receiveBuffer) { proxy in
            try await body(proxy, "amqp://guest:guest@127.0.0.1:\(proxy.port)/\(host.name)")
        }
    }
}

extension FaultScope {
    /// The connection that publishes.
    static let publishing = FaultScope.named("publishing")
    /// The connection that consumes and administers.
    static let consuming = FaultScope.named("consuming")
}

extension FaultProxy {
    /// All bytes that were passed on one way, over all connections of a name.
    func passedBytes(_ direction: FaultDirection, named name: String) -> Int {
        connections.filter { $0.name?.contains(name) == true }.map { $0[direction].passed.bytes }.reduce(0, +)
    }
}

extension RabbitMQClient {
    /// Takes everything out of a queue that nobody consumes; returns how often each text was there.
    func emptied(_ queue: String) async throws -> [String: Int] {
        let count = try await inspect(queue: queue)?.messages ?? 0
        let texts = try await take(count, from: queue)
        return texts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
