import Lockstep
import LockstepServer
import Logging
import Metrics
import PrometheusText
import RabbitMQ
import ServiceLifecycle

/// What a process records of itself, and where it is read.
///
/// To be begun before anything that records is made: handles are made once, by the backend that is there then.
struct Observability: Sendable {
    private static let registry: PrometheusRegistry = {
        let registry = PrometheusRegistry(MetricCatalogue.all)
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    /// One of them: what it counts, it must not count twice.
    private static let process = ProcessMetrics(factory: registry)

    private let address: ListenAddress?
    private let logger: Logger

    /// Begins to record, where the configuration says so.
    ///
    /// - Parameter always: Whether to record all the same: the process shows its metrics elsewhere, too.
    init(_ configuration: Configuration, always: Bool = false, logger: Logger) {
        address = configuration.metrics.listen
        self.logger = logger
        if always || address != nil { _ = Self.registry }
    }

    /// What serves the metrics; none where they are not configured.
    ///
    /// - Parameters:
    ///   - consumers: How many queues the process is to consume, besides those of a supervisor's offices.
    ///   - supervisor: Whose offices come and go.
    ///   - paused: Those offices of which it does not, for a person said so: that is how it should be.
    func services(
        of client: RabbitMQClient, consumers: Int, supervisor: OfficeSupervisor? = nil, paused: PausedOffices? = nil
    ) -> [any Service] {
        guard let address else { return [] }
        let content = content(of: client, consumers: consumers, supervisor: supervisor, paused: paused)
        return [StatusServer(host: address.host, port: address.port, content: content, logger: logger)]
    }

    /// What is served of a process that records.
    func content(
        of client: RabbitMQClient, consumers: Int, supervisor: OfficeSupervisor? = nil, paused: PausedOffices? = nil
    ) -> StatusServer.Content {
        let registry = Self.registry
        let process = Self.process
        return StatusServer.Content(
            metrics: {
                process.update()
                return (registry.text(), PrometheusRegistry.mediaType)
            },
            readiness: {
                let offices = supervisor?.states ?? [:]
                return Self.readiness(
                    of: client, consumers: consumers + offices.count { $0.value != .stopping },
                    paused: paused?.all ?? [])
                    + Self.failing(offices)
            }
        )
    }

    /// The offices that cannot work, by name, and why.
    private static func failing(_ offices: [OfficeName: OfficeSupervisor.State]) -> [ReadinessPart] {
        offices.sorted { $0.key < $1.key }.compactMap { office, state in
            guard case .failing(let reason) = state else { return nil }
            return ReadinessPart("office \(office)", notReadyBecause: reason)
        }
    }

    private static func readiness(
        of client: RabbitMQClient, consumers: Int, paused: [(office: OfficeName, reason: String)]
    ) -> [ReadinessPart] {
        let status = client.status
        let running = client.consumers
        // Control queues are a courtesy: nothing waits for them.
        let missing = consumers - running.count { !$0.queue.hasSuffix(".control") } - paused.count
        return [
            ReadinessPart("publishing connection", notReadyBecause: status.publishing.state.notReadyBecause),
            ReadinessPart("consuming connection", notReadyBecause: status.consuming.state.notReadyBecause),
            ReadinessPart("consumers", notReadyBecause: missing > 0 ? "\(missing) have not begun" : nil),
        ]
            + running.map { consumer in
                ReadinessPart(
                    "consumer of \(consumer.queue)", notReadyBecause: consumer.isSubscribed ? nil : "not subscribed")
            }
            + paused.map { ReadinessPart("office \($0.office)", remark: "paused: \($0.reason)") }
    }
}

extension ConnectionStatus.State {
    /// Why nothing goes over the connection; nil: it is ready.
    fileprivate var notReadyBecause: String? {
        switch self {
        case .ready: nil
        case .blocked: "the broker takes nothing"
        case .connecting: "connecting"
        case .reconnecting: "reconnecting"
        case .stopped: "stopped"
        }
    }
}
