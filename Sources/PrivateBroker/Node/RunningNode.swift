import ChildProcesses
import FoundationEssentials
import Glibc

/// The two processes of a node: the node itself, and the epmd that only it uses.
struct RunningNode: Sendable {
    let server: ChildProcess
    /// Nil in a cluster, whose nodes share one.
    let epmd: ChildProcess?

    /// Starts both; the node is not ready yet.
    init(
        _ identity: NodeIdentity, _ directory: NodeDirectory, _ configuration: PrivateBrokerConfiguration,
        sharesEpmd: Bool
    ) throws {
        let script = configuration.scripts.appending(path: "rabbitmq-server").path
        guard FileManager.default.isExecutableFile(atPath: script) else {
            throw Self.notInstalled("RabbitMQ", at: script, package: "rabbitmq-server")
        }
        guard !configuration.dieWithParent || FileManager.default.isExecutableFile(atPath: ProcessLaunch.setpriv) else {
            throw Self.notInstalled("setpriv", at: ProcessLaunch.setpriv, package: "util-linux")
        }
        let environment = NodeEnvironment(identity, directory).variables
        epmd =
            sharesEpmd
            ? nil
            : try Self.startEpmd(
                port: identity.epmdPort, output: directory.epmdOutput, diesWithThread: configuration.dieWithParent)
        do {
            server = try ChildProcess.start(
                ProcessLaunch(
                    executable: script,
                    arguments: [],
                    environment: environment,
                    output: directory.output.path,
                    diesWithThread: configuration.dieWithParent
                )
            )
        } catch {
            epmd?.signal(SIGKILL)
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
        epmd?.signal(SIGKILL)
        _ = await epmd?.ended()
    }

    /// Starts an epmd, the Erlang VM's name server, on loopback.
    static func startEpmd(port: Int, output: URL, diesWithThread: Bool) throws -> ChildProcess {
        guard let program = NodeEnvironment.find("epmd") else {
            throw notInstalled("Erlang's epmd", at: "PATH", package: "rabbitmq-server")
        }
        return try ChildProcess.start(
            ProcessLaunch(
                executable: program,
                arguments: ["-port", "\(port)", "-address", "127.0.0.1"],
                environment: ["LANG": "C.UTF-8", "PATH": NodeEnvironment.path],
                output: output.path,
                diesWithThread: diesWithThread
            )
        )
    }

    private static func notInstalled(_ what: String, at place: String, package: String) -> PrivateBrokerError {
        PrivateBrokerError(
            .notInstalled,
            "\(what) was not found (\(place)): install it with `apt-get install \(package)`."
        )
    }
}
