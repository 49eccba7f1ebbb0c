import Metrics

/// What a client records of one of its connections through swift-metrics: once for each change of its state, and now and
/// then while the broker blocks it.
struct ConnectionMetrics {
    private let up: Gauge
    private let blocked: Gauge
    private let connects: Counter
    private let losses: Counter
    private let blockedSeconds: FloatingPointCounter
    /// Up to when the time of the block that lasts has been added; nil: there is none.
    private var blockedCounted: ContinuousClock.Instant?

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
        blockLasted(until: moment)
        if !now.state.isBlocked { blockedCounted = nil } else if blockedCounted == nil { blockedCounted = moment }
    }

    /// Adds the time of a block that lasts: who looks meanwhile is to see it grow.
    mutating func blockLasted(until moment: ContinuousClock.Instant) {
        guard let counted = blockedCounted else { return }
        blockedCounted = moment
        blockedSeconds.increment(by: (moment - counted) / .seconds(1))
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
