import Metrics

/// What a client records of its messages through swift-metrics: once for each call of `publish`.
struct ClientMetrics: Sendable {
    private let published: Counter
    private let confirmed: Counter
    private let returned: Counter
    private let refused: Counter
    private let failed: Counter

    /// The handles; made once, by the backend that is there at that moment.
    init(client: String) {
        func counter(_ what: String) -> Counter {
            Counter(label: "rabbitmq_client_messages_\(what)_total", dimensions: [("client", client)])
        }
        published = counter("published")
        confirmed = counter("confirmed")
        returned = counter("returned")
        refused = counter("refused")
        failed = counter("failed")
    }

    /// Records that messages are on their way.
    func began(_ count: Int) {
        published.increment(by: count)
    }

    /// Records what became of them.
    func ended(_ outcomes: [PublishOutcome]) {
        var (confirms, returns, refusals) = (0, 0, 0)
        for outcome in outcomes {
            switch outcome {
            case .confirmed: confirms += 1
            case .returned: returns += 1
            case .refused: refusals += 1
            }
        }
        if confirms > 0 { confirmed.increment(by: confirms) }
        if returns > 0 { returned.increment(by: returns) }
        if refusals > 0 { refused.increment(by: refusals) }
    }

    /// Records that a call failed, and nothing is known about its messages.
    func failed(_ count: Int) {
        failed.increment(by: count)
    }
}
