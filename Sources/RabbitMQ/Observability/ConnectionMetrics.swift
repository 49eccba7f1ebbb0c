import Metrics

/// What a client records of one of its connections through swift-metrics: once for each change of its state.
struct ConnectionMetrics {
    private let up: Gauge
    private let blocked: Gauge
    private let connects: Counter
    private let losses: Counter
    private let blockedSeconds: FloatingPointCounter
    private var blockedSince: ContinuousClock.Instant?

    /// The handles; made once, by the backend that is there at that moment.
    init(client: String, role: Connection.Role) {
        let labels = [("client", client), ("connection", role.rawValue)]
        up = Gauge(label: "rabbitmq_client_connection_up", dimensions: labels)
        blocked = Gauge(label: "rabbitmq_client_connection_blocked", dimensions: labels)
        connects = Counter(label: "rabbitmq_client_connects_total", dimensions: labels)
        losses = Counter(label: "rabbitmq_client_connection_losses_total", dimensions: labels)
        blockedSeconds = FloatingPointCounter(label: "rabbitmq_client_blocked_seconds_total", dimensions: labels)
        up.record(0)
        blocked.record(0)
    }

    /// Records how the connection is now and was before.
    mutating func note(_ now: ConnectionStatus, before: ConnectionStatus, at moment: ContinuousClock.Instant) {
        if now.connects > before.connects { connects.increment(by: now.connects - before.connects) }
        guard now.state != before.state else { return }
        up.record(now.state.isUp ? 1 : 0)
        blocked.record(now.state.isBlocked ? 1 : 0)
        if before.state.isUp, now.state == .reconnecting { losses.increment() }
        if now.state.isBlocked, blockedSince == nil { blockedSince = moment }
        if !now.state.isBlocked, let since = blockedSince {
            blockedSince = nil
            blockedSeconds.increment(by: (moment - since) / .seconds(1))
        }
    }
}

extension ConnectionStatus.State {
    /// Whether the connection is there and set up; the broker may take nothing at the moment.
    fileprivate var isUp: Bool {
        switch self {
        case .ready, .blocked: true
        case .connecting, .reconnecting, .stopped: false
        }
    }

    fileprivate var isBlocked: Bool {
        if case .blocked = self { true } else { false }
    }
}
