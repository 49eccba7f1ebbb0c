import LockstepTesting

@testable import RabbitMQ

/// A queue and the broker's side of one channel at a time, as values: what is ready, what is handed out and unsettled.
struct ModelQueue {
    /// What a channel is closed for.
    enum Violation: Error {
        /// A settlement names a delivery that is not there, or is settled.
        case unknownTag(UInt64)
    }

    /// A settlement as the broker understands it.
    struct Settled: Hashable {
        let tag: UInt64
        let message: Int
    }

    private(set) var ready: [(message: Int, redelivered: Bool)] = []
    private(set) var unsettled: [Settled] = []
    private let prefetch: Int
    private var lastTag: UInt64 = 0

    init(prefetch: Int) {
        self.prefetch = prefetch
    }

    mutating func publish(_ message: Int) {
        ready.append((message, false))
    }

    /// Hands out up to `count` messages, as far as the prefetch allows.
    mutating func deliver(_ count: Int) -> [Delivery] {
        (0..<max(0, min(count, ready.count, prefetch - unsettled.count))).map { _ in
            let (message, redelivered) = ready.removeFirst()
            lastTag += 1
            unsettled.append(Settled(tag: lastTag, message: message))
            return Delivery(
                deliveryTag: lastTag, exchange: "", routingKey: "\(message)", redelivered: redelivered,
                message: Message(body: []), bodyWasTooLarge: false)
        }
    }

    /// Takes in one frame; returns what it settles.
    mutating func settle(_ action: SettlementTracker.Action) throws -> [Settled] {
        guard unsettled.contains(where: { $0.tag == action.tag }) else { throw Violation.unknownTag(action.tag) }
        let meant = unsettled.filter { action.multiple ? $0.tag <= action.tag : $0.tag == action.tag }
        unsettled.removeAll { meant.contains($0) }
        if action.disposition == .requeue { ready = meant.map { ($0.message, true) } + ready }
        return meant
    }

    /// The channel is gone: what is not settled comes again, on one whose tags begin at 1.
    mutating func startOver() {
        ready = unsettled.map { ($0.message, true) } + ready
        unsettled = []
        lastTag = 0
    }
}
