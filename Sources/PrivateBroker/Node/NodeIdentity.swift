import FoundationEssentials

/// What stays the same over the restarts of a node: its name and its ports.
struct NodeIdentity: Codable, Hashable, Sendable {
    /// The Erlang node name.
    ///
    /// Its host is always `localhost`, so that no name service is asked.
    var name: String
    var amqpPort: Int
    /// Chosen also without management, so that it can be turned on later.
    var managementPort: Int
    var distributionPort: Int
    var epmdPort: Int

    /// The ports by what they are for; the last one is epmd's, which the nodes of a cluster share.
    var ports: [(purpose: String, number: Int)] {
        [
            ("AMQP", amqpPort), ("management", managementPort), ("distribution", distributionPort),
            ("epmd", epmdPort),
        ]
    }

    /// What the configuration asks for, else what was remembered, else what is free and not among other nodes' ports.
    init(_ configuration: PrivateBrokerConfiguration, remembered: NodeIdentity?, besides others: [Int] = []) throws {
        name = remembered?.name ?? "lockstep-\(String(UInt32.random(in: .min ... .max), radix: 16))@localhost"
        let wanted = [
            configuration.amqpPort, configuration.managementPort, configuration.distributionPort,
            configuration.epmdPort,
        ]
        var taken = others + wanted.compactMap(\.self)
        func port(_ wanted: Int?, _ remembered: Int?) throws -> Int {
            if let wanted { return wanted }
            let number =
                if let remembered, !taken.contains(remembered) { remembered } else {
                    try LoopbackPort.free(besides: taken)
                }
            taken.append(number)
            return number
        }
        amqpPort = try port(configuration.amqpPort, remembered?.amqpPort)
        managementPort = try port(configuration.managementPort, remembered?.managementPort)
        distributionPort = try port(configuration.distributionPort, remembered?.distributionPort)
        epmdPort = try port(configuration.epmdPort, remembered?.epmdPort)
    }

    /// Waits until nobody listens on the ports, or a limit has passed.
    func waitForPorts(_ limit: Duration, besides shared: Int? = nil) async throws {
        let ports = ports.filter { $0.number != shared }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: limit)
        while ports.contains(where: { !LoopbackPort($0.number).isFree }), clock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Refuses to start where another process listens.
    func checkPortsAreFree(besides shared: Int? = nil) throws {
        for port in ports where port.number != shared && !LoopbackPort(port.number).isFree {
            throw PrivateBrokerError(
                .portTaken,
                "Port \(port.number) on 127.0.0.1, meant for the broker's \(port.purpose), is taken by another process: "
                    + "stop that process, or choose another port."
            )
        }
    }
}
