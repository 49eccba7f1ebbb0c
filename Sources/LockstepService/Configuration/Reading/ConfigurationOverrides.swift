import FoundationEssentials
import Lockstep
import RabbitMQ

/// Puts what the environment and the command line say over what the file said.
struct ConfigurationOverrides {
    private(set) var problems: [ConfigurationProblem] = []
    private let workingDirectory: URL

    init(_ workingDirectory: URL) { self.workingDirectory = workingDirectory }

    /// The environment's variables; an empty one counts as not set.
    mutating func apply(_ variables: [String: String], to configuration: inout Configuration) {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let urls = value("LOCKSTEP_BROKER_URL") { broker(urls, &configuration) }
        if let url = value("LOCKSTEP_MANAGEMENT_URL") { management(url, &configuration) }
        origin(value("LOCKSTEP_ORIGIN"), "LOCKSTEP_ORIGIN", &configuration)
        state(value("LOCKSTEP_STATE"), &configuration)
        if let address = value("LOCKSTEP_METRICS_LISTEN") { metrics(address, &configuration) }
        hub(value("LOCKSTEP_HUB_LISTEN"), "LOCKSTEP_HUB_LISTEN", &configuration)
        level(value("LOCKSTEP_LOG_LEVEL"), "LOCKSTEP_LOG_LEVEL", &configuration)
        format(value("LOCKSTEP_LOG_FORMAT"), "LOCKSTEP_LOG_FORMAT", &configuration)
    }

    /// The command line's options.
    mutating func apply(_ options: ConfigurationOptions, to configuration: inout Configuration) {
        origin(options.origin, "--origin", &configuration)
        state(options.state, &configuration)
        if let port = options.metricsPort { metricsPort(port, &configuration) }
        hub(options.hubListen, "--listen", &configuration)
        level(options.logLevel, "--log-level", &configuration)
        format(options.logFormat, "--log-format", &configuration)
    }

    /// One URL, or several with commas between them; TLS options stay those of the file.
    private mutating func broker(_ urls: String, _ configuration: inout Configuration) {
        let tls = configuration.broker.endpoints.lazy.compactMap(\.tls).first
        var endpoints: [Endpoint] = []
        for url in urls.split(separator: ",") {
            do {
                var endpoint = try Endpoint(url: String(url))
                if endpoint.tls != nil { endpoint.tls = tls ?? endpoint.tls }
                endpoints.append(endpoint)
            } catch let error as RabbitMQError {
                report("LOCKSTEP_BROKER_URL", error.message)
            } catch {
                preconditionFailure("an endpoint's URL fails with no other error than RabbitMQError")
            }
        }
        guard let first = endpoints.first else { return }
        configuration.broker.endpoints = endpoints
        configuration.broker.isNamed = true
        configuration.broker.management = ManagementAddress(besides: first)
    }

    private mutating func management(_ text: String, _ configuration: inout Configuration) {
        let user = configuration.broker.management
        guard let address = ManagementAddress(text, user: user.user, password: user.password, caFile: user.caFile)
        else { return report("LOCKSTEP_MANAGEMENT_URL", "this is not \(ManagementAddress.form)") }
        configuration.broker.management = address
    }

    private mutating func metrics(_ text: String, _ configuration: inout Configuration) {
        guard let address = ListenAddress(text) else {
            return report("LOCKSTEP_METRICS_LISTEN", "this is not \(ListenAddress.form)")
        }
        configuration.metrics.listen = address
        if let refusal = configuration.metrics.refusal { report("LOCKSTEP_METRICS_LISTEN", refusal) }
    }

    private mutating func hub(_ text: String?, _ source: String, _ configuration: inout Configuration) {
        guard let text else { return }
        guard let address = ListenAddress(text) else { return report(source, "this is not \(ListenAddress.form)") }
        configuration.hub.listen = address
        if let refusal = configuration.hub.refusal { report(source, refusal) }
    }

    /// Another port of the configured address, or of this machine's own.
    private mutating func metricsPort(_ port: Int, _ configuration: inout Configuration) {
        guard (0...65_535).contains(port) else {
            return report("--metrics-port", "this is not a port: a whole number from 0 to 65535")
        }
        let host = configuration.metrics.listen?.host ?? "127.0.0.1"
        configuration.metrics.listen = ListenAddress(host: host, port: port)
    }

    private mutating func origin(_ text: String?, _ source: String, _ configuration: inout Configuration) {
        guard let text else { return }
        do {
            configuration.origin = try Origin(text)
        } catch {
            report(source, "'\(text)' is \(error.message)")
        }
    }

    private func state(_ path: String?, _ configuration: inout Configuration) {
        guard let path, !path.isEmpty else { return }
        configuration.state = URL(filePath: path, relativeTo: workingDirectory).standardizedFileURL
    }

    private mutating func level(_ text: String?, _ source: String, _ configuration: inout Configuration) {
        if let level = choice(text, among: LogConfiguration.levels, source) { configuration.log.level = level }
    }

    private mutating func format(_ text: String?, _ source: String, _ configuration: inout Configuration) {
        if let format = choice(text, among: LogConfiguration.formats, source) { configuration.log.format = format }
    }

    private mutating func choice<Value>(
        _ text: String?,
        among choices: [(name: String, value: Value)],
        _ source: String
    ) -> Value? {
        guard let text else { return nil }
        if let choice = choices.first(where: { $0.name == text }) { return choice.value }
        let names = choices.map(\.name)
        let hint = NearestName.of(text, among: names).map { "; did you mean '\($0)'?" } ?? ""
        report(source, "one of \(names.joined(separator: ", ")), not '\(text)'\(hint)")
        return nil
    }

    private mutating func report(_ source: String, _ message: String) {
        problems.append(ConfigurationProblem(source: source, message: message))
    }
}
