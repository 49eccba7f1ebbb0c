public import FoundationEssentials

/// How a private RabbitMQ cluster is set up.
public struct PrivateClusterConfiguration: Sendable {
    /// Where the nodes keep their data, each in a directory of its own; created when it is missing.
    public var directory: URL

    /// How many nodes there are; three is the fewest of which one may be missed.
    public var nodes = 3

    /// Whether the management plugin runs, on each node.
    public var management = false

    /// Plugins besides management, by RabbitMQ's names.
    public var plugins: [String] = []

    /// Lines for every node's `rabbitmq.conf`, such as `consumer_timeout = 5000`.
    ///
    /// A line takes the place of the default line with the same key.
    public var extraConfig: [String] = []

    /// How long a start may take, of one node or of all together.
    ///
    /// Three nodes have found each other after about twenty seconds on two cores, later on a busy machine.
    public var startTimeout: Duration = .seconds(120)

    /// How long ``PrivateCluster/stop()`` waits for a graceful end before it kills the nodes.
    public var stopTimeout: Duration = .seconds(20)

    /// Where RabbitMQ's scripts are: those that start as any user, not the wrappers in `/usr/sbin`.
    public var scripts: URL = URL(filePath: "/usr/lib/rabbitmq/bin", directoryHint: .isDirectory)

    /// Three nodes with their data below the given directory, and defaults for all else.
    public init(directory: URL) {
        self.directory = directory
    }

    /// The configuration of one of the nodes, counted from 1.
    func node(_ number: Int, epmdPort: Int) -> PrivateBrokerConfiguration {
        let directory = directory.appending(path: "node-\(number)", directoryHint: .isDirectory)
        var node = PrivateBrokerConfiguration(directory: directory)
        node.epmdPort = epmdPort
        node.management = management
        node.plugins = plugins
        node.extraConfig = extraConfig
        node.startTimeout = startTimeout
        node.stopTimeout = stopTimeout
        node.scripts = scripts
        return node
    }
}
