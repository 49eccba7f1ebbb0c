public import FoundationEssentials

/// The node of a directory, as another process finds it.
public struct PrivateBrokerStatus: Sendable, Hashable {
    /// Where the node keeps everything.
    public let directory: URL
    /// The node's name in Erlang.
    public let nodeName: String
    /// The port for AMQP.
    public let amqpPort: Int
    /// The port of the management page and its HTTP API.
    public let managementPort: Int
    /// The node's process; nil: it does not run.
    public let processID: Int32?

    /// Where AMQP clients connect, as the user `guest`.
    public var amqpURL: String { "amqp://guest:guest@127.0.0.1:\(amqpPort)/" }
    /// The address of the management page and its HTTP API, user and password `guest`.
    public var managementURL: String { "http://127.0.0.1:\(managementPort)/" }
    /// Where the node's log is.
    public var logFile: URL { NodeDirectory(directory).log }
}

extension PrivateBroker {
    /// The node of a directory, running or not; nil if none was ever started there.
    ///
    /// - Throws: ``PrivateBrokerError`` if the directory cannot be read.
    public static func status(in directory: URL) throws -> PrivateBrokerStatus? {
        let files = NodeDirectory(directory)
        guard let identity = try files.rememberedIdentity() else { return nil }
        let processes = try files.recordedProcesses()
        return PrivateBrokerStatus(
            directory: files.root,
            nodeName: identity.name,
            amqpPort: identity.amqpPort,
            managementPort: identity.managementPort,
            processID: processes.flatMap { $0.serverRuns ? $0.server : nil }
        )
    }
}
