/// How a client finds its broker and behaves towards it.
public struct RabbitMQClientConfiguration: Sendable {
    /// The brokers of one cluster, tried in random order.
    public var endpoints: [Endpoint]
    /// What RabbitMQ management shows as the connection's name; the client adds what each one does.
    public var connectionName: String = "rabbitmq-swift"
    /// How often each side shows that it lives, in whole seconds, at least 1.
    ///
    /// A connection that was silent for two of these is lost. So is one on which a frame, 128 KiB at most, has begun to arrive and has not come to its end for four.
    public var heartbeat: Duration = .seconds(10)
    /// How long connecting to one endpoint may take.
    public var connectTimeout: Duration = .seconds(5)
    /// How long the broker may take to answer a command.
    public var rpcTimeout: Duration = .seconds(10)
    /// How long the broker may take to confirm or refuse a message.
    ///
    /// Past it the connection is made anew and all that was not confirmed is published again, so a message may then be
    /// there twice. The time during which the broker blocks publishers does not count.
    public var confirmTimeout: Duration = .seconds(30)
    /// How long a graceful shutdown waits for confirms and for batches in hand, per connection.
    public var drainTimeout: Duration = .seconds(3)
    /// How much may be published and not yet confirmed.
    public var publishWindow: PublishWindow.Limits = .init()
    /// The largest body, in bytes, that is published or read.
    ///
    /// A larger delivery is handed over flagged and without its body.
    public var maximumBodySize: Int = 16 * 1024 * 1024
    /// How long to wait between attempts to connect.
    ///
    /// The waits grow until a connection has held for longer than the longest of them.
    public var reconnect: ReconnectBackoff = .init()
    /// What is declared on every connect, before anything is published or consumed.
    public var topology: Topology = .init()

    /// Makes a configuration for these brokers.
    public init(endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// Makes a configuration for one broker by its URL.
    ///
    /// - Throws: ``RabbitMQError`` with code `configuration` where the URL cannot be read.
    public init(url: String) throws { self.init(endpoints: [try Endpoint(url: url)]) }
}
