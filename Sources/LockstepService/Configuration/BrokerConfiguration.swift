public import RabbitMQ

/// How the broker is reached.
public struct BrokerConfiguration: Sendable {
    /// The nodes of one cluster, any of which will do.
    ///
    /// With user and password, and with TLS where the URL says `amqps`.
    public var endpoints: [Endpoint]
    /// The HTTP API of RabbitMQ's management plugin, which lists queues and their rates.
    public var management: ManagementAddress
    /// How often each side shows that it lives; 1 to 600 seconds.
    public var heartbeat: Duration
    /// Whether somebody has said where it is; else it is where RabbitMQ usually is, or a private one of the state.
    public var isNamed = false

    /// A node on this machine, as RabbitMQ installs it, unless said otherwise.
    ///
    /// - Parameter management: nil: on the first endpoint's host, at RabbitMQ's usual port, with the same user.
    public init(
        endpoints: [Endpoint] = [Endpoint(host: "127.0.0.1")],
        management: ManagementAddress? = nil,
        heartbeat: Duration = .seconds(10)
    ) {
        self.endpoints = endpoints
        self.management = management ?? ManagementAddress(besides: endpoints.first ?? Endpoint(host: "127.0.0.1"))
        self.heartbeat = heartbeat
    }
}
