public import FoundationEssentials

/// How a private RabbitMQ node is set up.
///
/// Everything listens on 127.0.0.1. Ports that are left `nil` are chosen once, and remembered in the
/// directory: a later start of the same directory uses the same ones.
public struct PrivateBrokerConfiguration: Sendable {
    /// Where the node keeps its data, configuration, logs and ports; created when it is missing.
    public var directory: URL

    /// The port for AMQP; `nil` for a free one.
    public var amqpPort: Int?

    /// Whether the management plugin runs.
    public var management = true

    /// The port of the management page and its HTTP API; `nil` for a free one.
    public var managementPort: Int?

    /// The port for distribution, the Erlang VM's own protocol; `nil` for a free one.
    public var distributionPort: Int?

    /// The port of the node's own epmd, the Erlang VM's name server; `nil` for a free one.
    public var epmdPort: Int?

    /// Plugins besides management, by RabbitMQ's names, such as `rabbitmq_stream`.
    public var plugins: [String] = []

    /// Lines for `rabbitmq.conf`, such as `consumer_timeout = 5000`.
    ///
    /// A line takes the place of the default line with the same key.
    public var extraConfig: [String] = []

    /// How long a start may take.
    ///
    /// A node is ready after about seven seconds on two cores, later on a busy machine.
    public var startTimeout: Duration = .seconds(90)

    /// How long ``PrivateBroker/stop()`` waits for a graceful end before it kills the node.
    public var stopTimeout: Duration = .seconds(20)

    /// Whether the node is killed when this process ends, however it ends.
    ///
    /// With `false` the node goes on by itself, and ``PrivateBroker/stopLeftover(in:timeout:)`` ends it later.
    public var dieWithParent = true

    /// Where RabbitMQ's scripts are: those that start as any user, not the wrappers in `/usr/sbin`.
    public var scripts: URL = URL(filePath: "/usr/lib/rabbitmq/bin", directoryHint: .isDirectory)

    /// A node with its data in the given directory, and defaults for all else.
    public init(directory: URL) {
        self.directory = directory
    }
}
