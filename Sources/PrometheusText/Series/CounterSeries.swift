import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    init(buckets: [Double]) {}

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// What would make it smaller is passed over: Prometheus would take that for a restart.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.withLock { $0 += amount }
    }

    func reset() { value.withLock { $0 = 0 } }

    func write(_ name: String, _ labels: LabelSet, to text: inout TextFormat) {
        text.sample(name, labels, value.withLock { $0 })
    }
}
