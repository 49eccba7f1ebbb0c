/// The text of `rabbitmq.conf` and `enabled_plugins` for a node on loopback.
struct NodeSettings: Sendable {
    private let identity: NodeIdentity
    private let configuration: PrivateBrokerConfiguration
    private let membership: ClusterMembership?

    init(
        _ identity: NodeIdentity, _ configuration: PrivateBrokerConfiguration, _ membership: ClusterMembership? = nil
    ) {
        self.identity = identity
        self.configuration = configuration
        self.membership = membership
    }

    /// The defaults, without those whose key the configuration sets itself, and then its own lines.
    var text: String {
        let own = Set(configuration.extraConfig.map(Self.key))
        let lines = defaults.filter { !own.contains($0.key) }.map { "\($0.key) = \($0.value)" }
        return (lines + configuration.extraConfig).joined(separator: "\n") + "\n"
    }

    /// An Erlang list of plugin names.
    var enabledPlugins: String {
        let management = configuration.management ? ["rabbitmq_management"] : []
        return "[\((management + configuration.plugins).joined(separator: ","))].\n"
    }

    /// Small machines must not block publishers: both alarms stand where only a real emergency reaches them.
    private var defaults: [(key: String, value: String)] {
        var lines = [
            ("listeners.tcp.1", "127.0.0.1:\(identity.amqpPort)"),
            ("distribution.listener.interface", "127.0.0.1"),
            ("distribution.listener.port_range.min", "\(identity.distributionPort)"),
            ("distribution.listener.port_range.max", "\(identity.distributionPort)"),
            ("vm_memory_high_watermark.relative", "0.9"),
            ("disk_free_limit.absolute", "1MB"),
            ("log.file.level", "info"),
        ]
        if configuration.management {
            lines += [
                ("management.tcp.ip", "127.0.0.1"),
                ("management.tcp.port", "\(identity.managementPort)"),
                ("management.rates_mode", "basic"),
                // Figures on the management page are this old at most: a person watches, or a test waits for them.
                ("collect_statistics_interval", "1000"),
            ]
        }
        return lines + (membership?.settings ?? [])
    }

    private static func key(of line: String) -> String {
        let key = line.prefix { $0 != "=" }
        return key.filter { !$0.isWhitespace }
    }
}
