/// Keeps a worker from wearing out deliveries while its office is down: time comes in, decisions go out.
///
/// Closed, it lets everything pass. After some batches in a row that failed as a whole it opens: nothing passes for a
/// while, which doubles up to a limit; then one delivery probes. The first success closes it. An office that itself asks
/// for a pause opens it at once, for as long as it asks for.
public struct CircuitBreaker: Sendable, Hashable {
    /// When it opens, and for how long.
    public struct Configuration: Sendable, Hashable {
        /// How many batches in a row must fail as a whole.
        public var threshold = 2
        /// How long it stays open first.
        public var firstPause: Duration = .seconds(1)
        /// How long it stays open at most.
        public var longestPause: Duration = .seconds(30)

        /// The standard configuration.
        public init() {}
    }

    /// What may pass now.
    public enum Admission: Sendable, Hashable {
        /// A whole batch.
        case everything
        /// One delivery, to see whether the office is back.
        case probe
        /// Nothing, for so long.
        case nothing(for: Duration)
    }

    private enum State: Hashable {
        case closed(failures: Int)
        case open(until: Duration, pause: Duration)
    }

    private let configuration: Configuration
    private var state = State.closed(failures: 0)

    /// A closed breaker.
    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    /// Whether it holds deliveries back.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// When one delivery probes, by the clock that it is told; nil: it is closed.
    public var nextProbe: Duration? {
        if case .open(let until, _) = state { until } else { nil }
    }

    /// What may pass at `now`, a time on any clock that only goes forward.
    public func admission(at now: Duration) -> Admission {
        switch state {
        case .closed: .everything
        case .open(let until, _): now < until ? .nothing(for: until - now) : .probe
        }
    }

    /// Notes that something passed and the office took it, or refused it for good: it is there.
    public mutating func succeeded() {
        state = .closed(failures: 0)
    }

    /// Notes that all that passed failed for an outside reason.
    public mutating func failed(at now: Duration) {
        switch state {
        case .closed(let failures) where failures + 1 < configuration.threshold:
            state = .closed(failures: failures + 1)
        case .closed:
            state = .open(until: now + configuration.firstPause, pause: configuration.firstPause)
        case .open(_, let pause):
            let next = min(pause * 2, configuration.longestPause)
            state = .open(until: now + next, pause: next)
        }
    }

    /// Notes that the office has asked for a pause: nothing passes for so long, and for no less than the first pause.
    public mutating func hold(for pause: Duration, at now: Duration) {
        let first = configuration.firstPause
        state = .open(until: now + max(pause, first), pause: first)
    }
}
