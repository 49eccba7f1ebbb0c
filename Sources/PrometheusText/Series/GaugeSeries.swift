import CoreMetrics
import Synchronization

/// A number that goes up and down: the last one that was recorded.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    init(buckets: [Double]) {}

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, _ labels: LabelSet, to text: inout TextFormat) {
        text.sample(name, labels, value.withLock { $0 })
    }
}
