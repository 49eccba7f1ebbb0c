import FoundationEssentials
import PrivateBroker

/// The private broker of a state directory.
public struct BrokerStatus: Detailed, Hashable {
    /// Where it keeps everything.
    public var directory: String
    /// Whether it runs.
    public var running: Bool
    /// Its process; null: it does not run.
    @OrNull public var pid: Int?
    /// Its name in Erlang; null: it was never started.
    @OrNull public var node: String?
    /// Where AMQP clients connect, user and password included: it listens on this machine only.
    @OrNull public var amqp: String?
    /// Its port for AMQP.
    @OrNull public var amqpPort: Int?
    /// Its management page, user and password `guest`.
    @OrNull public var management: String?
    /// The port of that page.
    @OrNull public var managementPort: Int?
    /// Its user, whose password is the same.
    public var user = "guest"
    /// Where its log is.
    @OrNull public var log: String?

    init(_ directory: URL, _ status: PrivateBrokerStatus?) {
        self.directory = directory.path
        running = status?.processID != nil
        pid = status?.processID.map(Int.init)
        node = status?.nodeName
        amqp = status?.amqpURL
        amqpPort = status?.amqpPort
        management = status?.managementURL
        managementPort = status?.managementPort
        log = status?.logFile.path
    }

    public var details: [Detail] {
        guard let amqp, let management, let node, let log else {
            return [Detail("broker", "never started in \(directory)")]
        }
        return [
            Detail("broker", pid.map { "running (process \($0))" } ?? "not running"),
            Detail("amqp", amqp),
            Detail("management", "\(management)  (user \(user), password \(user))"),
            Detail("node", node),
            Detail("directory", directory),
            Detail("log", log),
        ]
    }

    /// Lines for a shell, so that everything else in it uses this broker: `eval "$(lockstep broker start --export)"`.
    public var exports: String {
        guard let amqp, let management else { return "" }
        return "export LOCKSTEP_BROKER_URL='\(amqp)'\nexport LOCKSTEP_MANAGEMENT_URL='\(management)'\n"
    }
}
