import Synchronization

/// The consumers that are running, for whoever asks how they are.
final class ConsumerRegistry: Sendable {
    private let consumers = Mutex<[ObjectIdentifier: Consumer]>([:])

    var statuses: [ConsumerStatus] {
        consumers.withLock { Array($0.values) }.map(\.status).sorted { ($0.queue, $0.tag) < ($1.queue, $1.tag) }
    }

    func add(_ consumer: Consumer) {
        consumers.withLock { $0[ObjectIdentifier(consumer)] = consumer }
    }

    func remove(_ consumer: Consumer) {
        consumers.withLock { $0[ObjectIdentifier(consumer)] = nil }
    }
}
