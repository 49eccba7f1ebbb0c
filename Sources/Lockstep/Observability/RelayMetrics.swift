import Metrics

/// What a relay records of itself and of its outbox.
struct RelayMetrics: Sendable {
    private let isAtWork = Gauge(label: "lockstep_relay_at_work")
    private let waiting = Gauge(label: "lockstep_outbox_waiting_events")
    private let oldest = Gauge(label: "lockstep_outbox_oldest_waiting_seconds")
    private let unrouted = Gauge(label: "lockstep_outbox_unrouted_events")
    private let refused = Gauge(label: "lockstep_outbox_refused_events")

    init() {
        isAtWork.record(0)
    }

    /// It has begun to work, or has ended.
    func atWork(_ isAtWork: Bool) {
        self.isAtWork.record(isAtWork ? 1 : 0)
    }

    /// How the outbox is doing.
    func note(_ status: OutboxStatus, at now: Timestamp) {
        waiting.record(status.waiting)
        let age = status.oldestWaiting.map { max(0, now.microseconds - $0.microseconds) } ?? 0
        oldest.record(Double(age) / 1e6)
        unrouted.record(status.unrouted)
        refused.record(status.refused)
    }
}
