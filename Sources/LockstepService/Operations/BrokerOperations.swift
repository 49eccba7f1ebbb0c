import ChildProcesses
import FoundationEssentials
public import Logging
import PrivateBroker

/// Runs a RabbitMQ node on loopback, in a state directory.
///
/// No configuration file is read for it: the file may need the addresses that are chosen here.
public struct BrokerOperations: Sendable {
    private let directory: URL
    private let logger: Logger

    /// Operations on the broker of a state directory; the node is in `broker` below it.
    ///
    /// - Parameter state: The state's directory; nil: `LOCKSTEP_STATE`, or `state` in the working directory.
    public init(
        state: String?,
        environment: ConfigurationEnvironment = .current,
        logger: Logger = Logger(label: "lockstep")
    ) {
        let named = state ?? environment.variables["LOCKSTEP_STATE"].flatMap { $0.isEmpty ? nil : $0 }
        directory = URL(filePath: named ?? "state", relativeTo: environment.workingDirectory)
            .standardizedFileURL.appending(path: "broker", directoryHint: .isDirectory)
        self.logger = logger
    }

    /// Whether it runs, and where it listens.
    public func status() throws -> BrokerStatus {
        BrokerStatus(directory, try PrivateBroker.status(in: directory))
    }

    /// Starts it and leaves it running after this process; one that runs already is left as it is.
    ///
    /// - Parameters:
    ///   - port: The port for AMQP; nil: that of an earlier start, else a free one.
    ///   - managementPort: The port of the management page, likewise.
    public func start(port: Int? = nil, managementPort: Int? = nil) async throws -> BrokerStatus {
        let current = try status()
        if current.running { return current }
        _ = try await PrivateBroker.start(
            configuration(port, managementPort, dieWithParent: false), logger: logger)
        return try status()
    }

    /// Starts it, says so, and keeps it until the task is cancelled or it ends by itself.
    ///
    /// - Throws: ``/PrivateBroker/PrivateBrokerError``; also where the node ended without having been asked to.
    public func run(
        port: Int? = nil,
        managementPort: Int? = nil,
        started: (BrokerStatus) throws -> Void
    ) async throws {
        try await withPrivateBroker(
            configuration(port, managementPort, dieWithParent: true), logger: logger
        ) { broker in
            try started(try status())
            guard let exit = await broker.ended(), !Task.isCancelled else { return }
            throw BrokerEnded(how: exit.description, log: broker.logFile.path)
        }
    }

    /// Stops it.
    ///
    /// - Returns: Whether it ran.
    public func stop() async throws -> Bool {
        try await PrivateBroker.stopLeftover(in: directory)
    }

    private func configuration(_ port: Int?, _ managementPort: Int?, dieWithParent: Bool) -> PrivateBrokerConfiguration
    {
        var configuration = PrivateBrokerConfiguration(directory: directory)
        configuration.amqpPort = port
        configuration.managementPort = managementPort
        configuration.dieWithParent = dieWithParent
        return configuration
    }
}

/// The node ended without having been asked to.
struct BrokerEnded: Error, CustomStringConvertible {
    let how: String
    let log: String

    var description: String { "the broker ended by itself (\(how)); its log is \(log)" }
}
