import ChildProcesses
import FoundationEssentials
import Glibc
public import Logging

/// A RabbitMQ cluster of one's own: its nodes run on loopback, are owned, and end with their owner.
///
/// Each node is a ``PrivateBroker``, to be killed, frozen and restarted by itself.
///
/// ```swift
/// try await withPrivateCluster(.init(directory: directory)) { cluster in
///     try await cluster.leader(of: "orders")?.kill()
/// }
/// ```
public final class PrivateCluster: Sendable {
    /// How the cluster was set up.
    public let configuration: PrivateClusterConfiguration
    /// The nodes, running or not; their order never changes.
    public let nodes: [PrivateBroker]
    /// The name server of all nodes: they look each other up on one port.
    private let epmd: ChildProcess

    private init(_ configuration: PrivateClusterConfiguration, _ nodes: [PrivateBroker], _ epmd: ChildProcess) {
        self.configuration = configuration
        self.nodes = nodes
        self.epmd = epmd
    }

    /// Starts all nodes at once and waits until they are one cluster.
    ///
    /// A directory that has been used before keeps its data, its nodes' names and their ports.
    ///
    /// - Throws: ``PrivateBrokerError`` when RabbitMQ is not installed, a port is taken, or the nodes have not found
    ///   each other in time. Nothing is left running then.
    public static func start(
        _ configuration: PrivateClusterConfiguration,
        logger: Logger = Logger(label: "private-cluster")
    ) async throws -> PrivateCluster {
        precondition(configuration.nodes > 0, "A cluster has at least one node.")
        let cluster = try prepare(configuration, logger)
        do {
            try await cluster.forEachNode { try await $0.launch() }
            try await cluster.waitUntilJoined()
        } catch {
            await cluster.kill()
            throw error
        }
        return cluster
    }

    /// Where AMQP clients connect, as the user `guest`; one per node.
    public var amqpURLs: [String] { nodes.map(\.amqpURL) }

    /// Ends all nodes in good order, and the cluster for good.
    ///
    /// Past the stop time-out they are killed.
    public func stop() async throws {
        let result = await Result.of { try await self.forEachNode { try await $0.stop() } }
        epmd.signal(SIGKILL)
        _ = await epmd.ended()
        try result.get()
    }

    /// Starts all nodes again; stops those that run.
    ///
    /// All at once: a node that comes back alone may wait for the others' newer data.
    public func restart() async throws {
        try await forEachNode { try await $0.restart() }
        try await waitUntilJoined()
    }

    /// Names, ports and the secret are chosen; only the epmd runs.
    private static func prepare(_ configuration: PrivateClusterConfiguration, _ logger: Logger) throws -> PrivateCluster
    {
        let epmdPort = try LoopbackPort.free(besides: [])
        var identities: [NodeIdentity] = []
        var cookie: String?
        let configurations = (1...configuration.nodes).map { configuration.node($0, epmdPort: epmdPort) }
        for node in configurations {
            let directory = NodeDirectory(node.directory)
            let taken = identities.flatMap { $0.ports.map(\.number) }
            identities.append(try NodeIdentity(node, remembered: directory.rememberedIdentity(), besides: taken))
            cookie = cookie ?? directory.rememberedCookie()
        }
        let membership = ClusterMembership(
            nodes: identities.map(\.name), cookie: cookie ?? ClusterMembership.newCookie())
        try FileManager.default.createDirectory(at: configuration.directory, withIntermediateDirectories: true)
        let epmd = try RunningNode.startEpmd(
            port: epmdPort, output: configuration.directory.appending(path: "epmd.log"), diesWithThread: true)
        let nodes = zip(configurations, identities).map { PrivateBroker($0, $1, membership, logger: logger) }
        return PrivateCluster(configuration, nodes, epmd)
    }

    /// That every node answers is not enough: each could be a cluster of its own.
    private func waitUntilJoined() async throws {
        let limit = configuration.startTimeout
        _ = try await nodes[0].control(
            ["await_online_nodes", "\(nodes.count)", "--timeout", "\(limit.components.seconds)"],
            within: limit + .seconds(10))
    }

    /// The end of a cluster that never was one.
    private func kill() async {
        try? await forEachNode { try await $0.kill() }
        epmd.signal(SIGKILL)
        _ = await epmd.ended()
    }

    /// Does the same with all nodes at once, and to the end with each, even where one throws.
    private func forEachNode(_ body: @escaping @Sendable (PrivateBroker) async throws -> Void) async throws {
        let results = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            for node in nodes { group.addTask { await .of { try await body(node) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { try result.get() }
    }
}

extension Result where Failure == any Error {
    /// What the closure returns or throws.
    fileprivate static func of(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
