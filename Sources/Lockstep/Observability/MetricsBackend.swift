import Metrics

/// Whether anybody looks at what is recorded.
enum MetricsBackend {
    /// Whether there is a backend now; without one, what only metrics need is not done.
    static var isThere: Bool { !(MetricsSystem.factory is NOOPMetricsHandler) }
}
