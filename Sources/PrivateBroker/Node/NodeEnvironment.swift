import FoundationEssentials

/// The environment variables of a node, its epmd and its `rabbitmqctl`.
///
/// The caller's own environment is left out but for `PATH`: `RABBITMQ_…` variables and the machine's
/// `rabbitmq-env.conf` are about another node.
struct NodeEnvironment: Sendable {
    private let identity: NodeIdentity
    private let directory: NodeDirectory

    init(_ identity: NodeIdentity, _ directory: NodeDirectory) {
        self.identity = identity
        self.directory = directory
    }

    /// Distribution, of the node and of `rabbitmqctl`, on loopback only.
    private static let loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    /// Two schedulers that sleep at once when they have nothing to do: a guest on its machine.
    private static let modest = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"

    var variables: [String: String] {
        [
            "ERL_CRASH_DUMP_BYTES": "0",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": "\(identity.epmdPort)",
            // The Erlang VM would start an epmd of its own, as a daemon that nobody ends.
            "ERL_FLAGS": "-start_epmd false",
            "HOME": directory.home.path,
            "LANG": "C.UTF-8",
            "PATH": Self.path,
            // Without it the start script stays in between as a parent; with it, it becomes the node.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_CONFIG_FILE": directory.configuration.path,
            "RABBITMQ_CONF_ENV_FILE": directory.root.appending(path: "rabbitmq-env.conf").path,
            "RABBITMQ_CTL_DIST_PORT_MAX": "0",
            "RABBITMQ_CTL_DIST_PORT_MIN": "0",
            "RABBITMQ_CTL_ERL_ARGS": Self.loopback,
            "RABBITMQ_DIST_PORT": "\(identity.distributionPort)",
            "RABBITMQ_ENABLED_PLUGINS_FILE": directory.enabledPlugins.path,
            "RABBITMQ_LOGS": directory.log.path,
            "RABBITMQ_LOG_BASE": directory.logs.path,
            "RABBITMQ_MNESIA_BASE": directory.data.path,
            "RABBITMQ_NODENAME": identity.name,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput \(Self.modest) \(Self.loopback)",
        ]
    }

    /// Where programs are looked for: the caller's `PATH`, and the places where Debian puts Erlang.
    static var path: String {
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        guard let own = ProcessInfo.processInfo.environment["PATH"], !own.isEmpty else { return system }
        return "\(own):\(system)"
    }

    /// The first executable of that name in ``path``.
    static func find(_ program: String) -> String? {
        path.split(separator: ":").lazy
            .map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
