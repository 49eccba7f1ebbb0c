import NIOCore
import NIOPosix

/// A small AMQP 0-9-1 server on 127.0.0.1 that does what a script says, for what a real broker never does.
///
/// Where the script says nothing it is a good broker: it shakes hands, opens channels, declares whatever it is asked
/// to, subscribes consumers and confirms what is published. It keeps no messages: deliveries are the script's.
///
/// ```swift
/// try await withScriptedBroker { call in
///     call.publish.map { [call.nack($0.number)] }
/// } body: { broker in
///     // connect a client to broker.url
/// }
/// ```
public final class ScriptedBroker: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    private let server: any NIOCore.Channel
    private let ledger: BrokerLedger

    /// Where AMQP clients connect; any user and password will do.
    public var url: String { "amqp://guest:guest@127.0.0.1:\(port)/" }
    /// How many connections have been accepted.
    public var connections: Int { ledger.connections }
    /// The methods that have arrived, in order; those that carry a message, too.
    public var received: [Received] { ledger.received }
    /// The messages that have been published, in order, those that came again included.
    public var publishes: [Publish] { ledger.publishes }

    private init(server: any NIOCore.Channel, port: Int, ledger: BrokerLedger) {
        self.server = server
        self.port = port
        self.ledger = ledger
    }

    static func start(_ script: @escaping Script) async throws -> ScriptedBroker {
        let ledger = BrokerLedger()
        // One thread for all connections: what a script sees has an order.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let server = try await ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let conversation = ledger.accept(channel, script)
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptedConnection(conversation, channel: channel, ledger: ledger))
                }
            }
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = server.localAddress?.port else {
            preconditionFailure("A socket that listens has a port.")
        }
        return ScriptedBroker(server: server, port: port, ledger: ledger)
    }

    /// Stops listening and closes all connections.
    func stop() async throws {
        try await server.close()
        for channel in ledger.open {
            // One that the client has just closed is as good.
            try? await channel.close()
        }
    }
}

/// Runs the closure with a scripted broker, and stops it afterwards.
///
/// - Parameters:
///   - script: What the broker does; a good broker's answers where it returns `nil`.
///   - body: Gets the broker.
public func withScriptedBroker<R>(
    _ script: @escaping ScriptedBroker.Script = { _ in nil },
    body: (ScriptedBroker) async throws -> R
) async throws -> R {
    let broker = try await ScriptedBroker.start(script)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(broker))
    } catch {
        result = .failure(error)
    }
    try await Task { try await broker.stop() }.value
    return try result.get()
}
