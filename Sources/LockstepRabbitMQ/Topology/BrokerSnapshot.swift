public import Lockstep
import RabbitMQ

/// What exchanges, queues and bindings a broker has, at one moment.
public struct BrokerSnapshot: Sendable {
    var exchanges: [String: ExchangeInfo]
    var queues: [String: QueueInfo]
    var bindings: [BindingInfo]

    init(exchanges: [ExchangeInfo], queues: [QueueInfo], bindings: [BindingInfo]) {
        self.exchanges = Dictionary(exchanges.map { ($0.name, $0) }) { first, _ in first }
        self.queues = Dictionary(queues.map { ($0.name, $0) }) { first, _ in first }
        self.bindings = bindings
    }

    /// Whether there is a queue of this name.
    public func has(queue: String) -> Bool { queues[queue] != nil }

    /// Asks the management API.
    public static func take(from api: ManagementAPI) async throws(LockstepError) -> BrokerSnapshot {
        BrokerSnapshot(
            exchanges: try await api.exchanges(),
            queues: try await api.queues(),
            bindings: try await api.bindings()
        )
    }
}
