import Metrics

/// What a relay records of itself and of its outbox.
struct RelayMetrics: Sendable {
    private let isAtWork: Gauge
    private let waiting: Gauge
    private let oldest: Gauge
    private let unrouted: Gauge
    private let refused: Gauge

    /// - Parameter office: Whose outbox it is; nil: a core app's.
    init(office: OfficeName?) {
        let labels = office.map { [("office", $0.text)] } ?? []
        isAtWork = Gauge(label: "lockstep_relay_at_work", dimensions: labels)
        waiting = Gauge(label: "lockstep_outbox_waiting_events", dimensions: labels)
        oldest = Gauge(label: "lockstep_outbox_oldest_waiting_seconds", dimensions: labels)
        unrouted = Gauge(label: "lockstep_outbox_unrouted_events", dimensions: labels)
        refused = Gauge(label: "lockstep_outbox_refused_events", dimensions: labels)
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
