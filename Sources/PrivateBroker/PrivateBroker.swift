public import ChildProcesses
public import FoundationEssentials
import Glibc
public import Logging
import Synchronization

/// A RabbitMQ node of one's own: started on loopback, owned, and ended with its owner.
///
/// It needs Debian's `rabbitmq-server` package, whose own service may be running or not: nothing is shared with it.
/// It runs as whichever user starts it, root included.
///
/// ```swift
/// try await withPrivateBroker(.init(directory: directory)) { broker in
///     print(broker.amqpURL)
/// }
/// ```
public actor PrivateBroker {
    /// How the node was set up.
    public nonisolated let configuration: PrivateBrokerConfiguration
    nonisolated let directory: NodeDirectory
    nonisolated let identity: NodeIdentity
    nonisolated let logger: Logger
    private nonisolated let membership: ClusterMembership?
    private nonisolated let currentProcessID = Mutex<Int32?>(nil)
    private var running: RunningNode?

    init(
        _ configuration: PrivateBrokerConfiguration, _ identity: NodeIdentity, _ membership: ClusterMembership?,
        logger: Logger
    ) {
        self.configuration = configuration
        self.identity = identity
        self.membership = membership
        self.logger = logger
        directory = NodeDirectory(configuration.directory)
    }

    /// Starts a node and waits until it answers.
    ///
    /// A directory that has been used before keeps its data, its node name and its ports.
    ///
    /// - Throws: ``PrivateBrokerError`` when RabbitMQ is not installed, a port is taken, a node runs on the directory
    ///   already, or the node ends or is not ready in time. Nothing is left running then.
    public static func start(
        _ configuration: PrivateBrokerConfiguration,
        logger: Logger = Logger(label: "private-broker")
    ) async throws -> PrivateBroker {
        let remembered = try NodeDirectory(configuration.directory).rememberedIdentity()
        let identity = try NodeIdentity(configuration, remembered: remembered)
        let broker = PrivateBroker(configuration, identity, nil, logger: logger)
        try await broker.launch()
        return broker
    }

    /// Where AMQP clients connect, as the user `guest`.
    public nonisolated var amqpURL: String { "amqp://guest:guest@127.0.0.1:\(identity.amqpPort)/" }

    /// The address of the management page and its HTTP API, user and password `guest`; `nil` without management.
    public nonisolated var managementURL: String? {
        configuration.management ? "http://127.0.0.1:\(identity.managementPort)/" : nil
    }

    /// The port for AMQP.
    public nonisolated var amqpPort: Int { identity.amqpPort }

    /// The node's name in Erlang, such as `lockstep-5f3a@localhost`.
    public nonisolated var nodeName: String { identity.name }

    /// The node's process id while it runs; another one after each restart.
    public nonisolated var processID: Int32? { currentProcessID.withLock { $0 } }

    /// Where the node's log is.
    public nonisolated var logFile: URL { directory.log }

    /// Ends the node in good order: clients are told, queues are closed.
    ///
    /// Past the stop time-out it is killed. Does nothing when the node does not run.
    public func stop() async throws {
        try await end(with: SIGTERM, within: configuration.stopTimeout)
    }

    /// Kills the node with SIGKILL, as a crash would, and waits until it is gone.
    public func kill() async throws {
        try await end(with: SIGKILL, within: .seconds(30))
    }

    /// Starts the node again on the same directory and ports; stops it first if it runs.
    public func restart() async throws {
        try await stop()
        try await launch()
    }

    /// Stops the node's process where it stands (SIGSTOP): its sockets stay open, and nobody answers.
    ///
    /// Returns when all its threads stand still, which takes the kernel a moment.
    public func freeze() async throws {
        try signal(SIGSTOP)
        // Half a second is far more than a stop takes; a node that just ended is reported by the next call.
        for _ in 0..<500 where processID.map(Self.isStopped) == false {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Whether the kernel says that a process is stopped (`proc(5)`, the third field of `stat`).
    private static func isStopped(_ process: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return true }
        return text[name...].dropFirst(2).first == "T"
    }

    /// Lets a frozen node go on (SIGCONT).
    public func thaw() throws {
        try signal(SIGCONT)
    }

    /// Waits for the node's end, expected or not; `nil` when it does not run or the task is cancelled.
    public func ended() async -> ProcessExit? {
        await running?.server.ended()
    }

    func launch() async throws {
        let sharedPort = membership == nil ? nil : identity.epmdPort
        if let left = try directory.recordedProcesses() {
            guard !left.serverRuns else {
                throw PrivateBrokerError(
                    .alreadyRunning,
                    "A broker runs on \(directory.root.path) already (process \(left.server)): stop it, or use another directory."
                )
            }
            // A node that was killed has left its epmd on the port that the next one needs. And the kernel closes its
            // sockets only with its last thread, a moment after the process itself is gone.
            try await Self.stopLeftover(in: directory.root)
            try await identity.waitForPorts(.seconds(5), besides: sharedPort)
        }
        try identity.checkPortsAreFree(besides: sharedPort)
        try directory.prepare(identity, configuration, membership)
        let node = try RunningNode(identity, directory, configuration, sharesEpmd: membership != nil)
        running = node
        currentProcessID.withLock { $0 = node.server.pid }
        do {
            try directory.record(NodeProcesses(server: node.server.pid, epmd: node.epmd?.pid))
            try await Readiness(
                identity: identity, management: configuration.management, node: node, directory: directory
            ).wait(limit: configuration.startTimeout)
        } catch {
            try? await kill()
            throw error
        }
        logger.info(
            "private broker ready",
            metadata: [
                LogKey.amqpPort: "\(identity.amqpPort)", LogKey.managementPort: "\(identity.managementPort)",
                LogKey.node: "\(identity.name)", LogKey.processID: "\(node.server.pid)",
            ]
        )
    }

    /// Cancellation does not reach in here: a node that is half ended would be left to nobody.
    private func end(with signal: Int32, within limit: Duration) async throws {
        guard let node = running else { return }
        logger.debug("ending private broker", metadata: [LogKey.signal: "\(signal)", LogKey.node: "\(identity.name)"])
        node.server.signal(SIGCONT)
        await Task { await node.end(with: signal, within: limit) }.value
        guard running?.server === node.server else { return }
        running = nil
        currentProcessID.withLock { $0 = nil }
        try directory.record(nil)
    }

    private func signal(_ number: Int32) throws {
        guard let running, running.server.signal(number) else {
            throw PrivateBrokerError(.notRunning, "The broker \(nodeName) does not run: restart it first.")
        }
    }
}
