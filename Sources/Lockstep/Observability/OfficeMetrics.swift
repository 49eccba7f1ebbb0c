import Metrics

/// What a worker records of an office: counters once for each batch, a delay once for each change.
struct OfficeMetrics: Sendable {
    private let deliveries: Counter
    private let undecodable: Counter
    private let outcomes: [(outcome: MergeOutcome, counter: Counter)]
    private let retries: FailureCounters
    private let deadLetters: FailureCounters
    private let delay: Timer
    private let batch: Timer
    private let adapter: Timer
    private let oldestUnapplied: Gauge
    private let isBreakerOpen: Gauge
    private let isGone: Gauge

    /// The handles; made once, by the backend that is there at that moment.
    init(office: OfficeName) {
        let labels = [("office", office.text)]
        deliveries = Counter(label: "lockstep_office_deliveries_total", dimensions: labels)
        undecodable = Counter(label: "lockstep_office_undecodable_total", dimensions: labels)
        outcomes = MergeOutcome.allCases.map { outcome in
            let labels = labels + [("outcome", outcome.rawValue)]
            return (outcome, Counter(label: "lockstep_office_events_total", dimensions: labels))
        }
        retries = FailureCounters("lockstep_office_retries_total", labels)
        deadLetters = FailureCounters("lockstep_office_dead_letters_total", labels)
        delay = Timer(label: "lockstep_office_publish_to_commit_seconds", dimensions: labels)
        batch = Timer(label: "lockstep_office_batch_seconds", dimensions: labels)
        adapter = Timer(label: "lockstep_office_adapter_seconds", dimensions: labels)
        oldestUnapplied = Gauge(label: "lockstep_office_oldest_unapplied_seconds", dimensions: labels)
        isBreakerOpen = Gauge(label: "lockstep_office_breaker_open", dimensions: labels)
        isGone = Gauge(label: "lockstep_office_gone", dimensions: labels)
        isGone.record(0)
        oldestUnapplied.record(0)
        isBreakerOpen.record(0)
    }

    /// The replica has committed a batch.
    func committed(_ arrivals: [Arrival], _ acceptances: [Acceptance], at now: Timestamp) {
        for (outcome, counter) in outcomes {
            let count = acceptances.count { $0.outcome == outcome }
            if count > 0 { counter.increment(by: count) }
        }
        // What was there already came before, or comes again: its delay says nothing.
        for (arrival, acceptance) in zip(arrivals, acceptances) where acceptance.outcome.changedSomething {
            let milliseconds = now.milliseconds - arrival.event.publishedMilliseconds
            delay.recordNanoseconds(max(0, milliseconds).multipliedReportingOverflow(by: 1_000_000).partialValue)
        }
    }

    /// The adapter has answered, or failed.
    func adapterAnswered(after duration: Duration) {
        adapter.recordSeconds(duration / .seconds(1))
    }

    /// A batch is worked off.
    func worked(off deliveries: [EventDelivery], _ answers: [DeliveryAnswer], within duration: Duration) {
        self.deliveries.increment(by: deliveries.count)
        batch.recordSeconds(duration / .seconds(1))
        let garbage = deliveries.count { if case .failure = $0.content { true } else { false } }
        if garbage > 0 { undecodable.increment(by: garbage) }
        for answer in answers {
            switch answer.verdict {
            case .done, .giveBack: break
            case .retry(_, _, let failure): retries.increment(failure.kind)
            case .dead(let failure): deadLetters.increment(failure.kind)
            }
        }
    }

    /// How long ago the oldest change was published that the office has not applied; nil: it knows of none.
    func oldestUnapplied(_ age: Duration?) {
        oldestUnapplied.record((age ?? .zero) / .seconds(1))
    }

    /// Whether the office is given up for the moment.
    func breaker(isOpen: Bool) {
        isBreakerOpen.record(isOpen ? 1 : 0)
    }

    /// Whether the office's system has said that it is gone.
    func gone(_ isGone: Bool) {
        self.isGone.record(isGone ? 1 : 0)
    }
}

/// A counter for each class of failure.
private struct FailureCounters: Sendable {
    private static let classes: [Failure.Class] = [.undecodable, .refused, .store, .adapter, .later, .order]
    private let counters: [Failure.Class: Counter]
    /// Classes that others have made: there is no saying how many there are.
    private let others: Counter

    init(_ name: String, _ labels: [(String, String)]) {
        func counter(_ kind: String) -> Counter { Counter(label: name, dimensions: labels + [("class", kind)]) }
        counters = Dictionary(uniqueKeysWithValues: Self.classes.map { ($0, counter($0.name)) })
        others = counter("other")
    }

    func increment(_ kind: Failure.Class) {
        (counters[kind] ?? others).increment()
    }
}
