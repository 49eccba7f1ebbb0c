import FoundationEssentials
import Glibc

/// The two processes of a node: the node itself, and the epmd that only it uses.
struct RunningNode: Sendable {
    let server: ChildProcess
    let epmd: ChildProcess

    /// Starts both; the node is not ready yet.
    init(_ identity: NodeIdentity, _ directory: NodeDirectory, _ configuration: PrivateBrokerConfiguration) throws {
        let script = configuration.scripts.appending(path: "rabbitmq-server").path
        guard FileManager.default.isExecutableFile(atPath: script) else {
            throw Self.notInstalled("RabbitMQ", at: script, package: "rabbitmq-server")
        }
        guard let epmdProgram = NodeEnvironment.find("epmd") else {
            throw Self.notInstalled("Erlang's epmd", at: "PATH", package: "rabbitmq-server")
        }
        guard !configuration.dieWithParent || FileManager.default.isExecutableFile(atPath: ProcessLaunch.setpriv) else {
            throw Self.notInstalled("setpriv", at: ProcessLaunch.setpriv, package: "util-linux")
        }
        let environment = NodeEnvironment(identity, directory).variables
        epmd = try ChildProcess(
            ProcessLaunch(
                executable: epmdProgram,
                arguments: ["-port", "\(identity.epmdPort)", "-address", "127.0.0.1"],
                environment: environment,
                output: directory.epmdOutput.path,
                diesWithThread: configuration.dieWithParent
            )
        )
        do {
            server = try ChildProcess(
                ProcessLaunch(
                    executable: script,
                    arguments: [],
                    environment: environment,
                    output: directory.output.path,
                    diesWithThread: configuration.dieWithParent
                )
            )
        } catch {
            epmd.signal(SIGKILL)
            throw error
        }
    }

    /// Sends the node a signal, waits for its end up to a limit, kills it past that, and ends its epmd.
    func end(with signal: Int32, within limit: Duration) async {
        server.signal(signal)
        if await server.ended(within: limit) == nil {
            server.signal(SIGKILL)
            _ = await server.ended()
        }
        epmd.signal(SIGKILL)
        _ = await epmd.ended()
    }

    private static func notInstalled(_ what: String, at place: String, package: String) -> PrivateBrokerError {
        PrivateBrokerError(
            .notInstalled,
            "\(what) was not found (\(place)): install it with `apt-get install \(package)`."
        )
    }
}
