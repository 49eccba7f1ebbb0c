import Metrics

/// What is recorded of events that are handed to the broker: once for each call.
struct PublishMetrics: Sendable {
    private let published = Counter(label: "lockstep_events_published_total")
    private let confirmed = Counter(label: "lockstep_events_confirmed_total")
    private let returned = Counter(label: "lockstep_events_returned_total")
    private let refused = Counter(label: "lockstep_events_refused_total")
    private let failed = Counter(label: "lockstep_events_failed_total")
    private let duration = Timer(label: "lockstep_publish_seconds")

    /// Publishes events, and records how many there were, what became of them and how long it took.
    func record(
        _ count: Int, _ publish: () async throws(LockstepError) -> [PublishOutcome]
    ) async throws(LockstepError) -> [PublishOutcome] {
        let start = ContinuousClock.now
        published.increment(by: count)
        do throws(LockstepError) {
            let outcomes = try await publish()
            note(outcomes)
            duration.recordSeconds((ContinuousClock.now - start) / .seconds(1))
            return outcomes
        } catch {
            failed.increment(by: count)
            throw error
        }
    }

    private func note(_ outcomes: [PublishOutcome]) {
        var (confirms, returns, refusals) = (0, 0, 0)
        for outcome in outcomes {
            switch outcome {
            case .confirmed: confirms += 1
            case .unrouted: returns += 1
            case .refused: refusals += 1
            }
        }
        if confirms > 0 { confirmed.increment(by: confirms) }
        if returns > 0 { returned.increment(by: returns) }
        if refusals > 0 { refused.increment(by: refusals) }
    }
}
