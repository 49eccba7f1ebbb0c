/// When a connection that failed may be tried again; pure.
public struct ReconnectPace: Sendable, Hashable {
    /// The shortest and the longest wait.
    public struct Limits: Sendable, Hashable {
        /// The wait after the first failure.
        public var first = Duration.milliseconds(100)
        /// The longest wait.
        public var longest = Duration.seconds(5)

        /// From a tenth of a second to five seconds.
        public init() {}
    }

    private let limits: Limits
    private var failures = 0
    private var lastFailure: ContinuousClock.Instant?

    /// The pace of a connection that has not failed yet.
    public init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// When the next attempt may begin; nil: at once.
    public var notBefore: ContinuousClock.Instant? {
        guard let lastFailure else { return nil }
        return lastFailure + min(limits.longest, limits.first * (1 << min(failures - 1, 20)))
    }

    /// Takes in that an attempt failed.
    public mutating func failed(at now: ContinuousClock.Instant) {
        failures += 1
        lastFailure = now
    }

    /// Takes in that an attempt succeeded.
    public mutating func succeeded() {
        failures = 0
        lastFailure = nil
    }
}
