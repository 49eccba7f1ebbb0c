import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random arrivals against what batches promise: their order, their size and how long they are waited for.
struct DeliveryBatcherSimulationTests {
    @Test
    func batchesKeepOrderSizeAndTime() throws {
        try forEachSeed(10_000) { _, generator in
            var arrivals = Arrivals(using: &generator)
            for _ in 0..<Int.random(in: 12...20, using: &generator) {
                arrivals.pass(Duration.milliseconds(Int.random(in: 0...400, using: &generator)))
                if generator.chance(0.5) { arrivals.arrive(using: &generator) }
                if generator.chance(0.7) { _ = try arrivals.next() }
            }
            // Nothing is kept for longer than the window.
            arrivals.pass(Arrivals.window)
            while try arrivals.next() {}
            try demand(arrivals.waiting.isEmpty)
        }
    }
}

private struct Arrivals {
    static let window = Duration.seconds(1)

    private(set) var waiting: [(delivery: Delivery, at: ContinuousClock.Instant)] = []
    private var batcher: DeliveryBatcher
    private let limit: Int
    private let isTimed: Bool
    private let isolatesRedelivered: Bool
    private var now = ContinuousClock.now
    private var lastTag: UInt64 = 0

    init(using generator: inout SeededGenerator) {
        limit = Int.random(in: 1...6, using: &generator)
        isTimed = generator.chance(0.6)
        isolatesRedelivered = generator.chance(0.6)
        batcher = DeliveryBatcher(
            batching: isTimed ? .collect(count: limit, within: Self.window) : .immediate(limit: limit),
            isolateRedelivered: isolatesRedelivered)
    }

    mutating func pass(_ time: Duration) {
        now += time
    }

    mutating func arrive(using generator: inout SeededGenerator) {
        let deliveries = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            lastTag += 1
            return Delivery(
                deliveryTag: lastTag, exchange: "", routingKey: "", redelivered: generator.chance(0.15),
                message: Message(body: []), bodyWasTooLarge: false)
        }
        batcher.add(deliveries, at: now)
        for delivery in deliveries { waiting.append((delivery, now)) }
    }

    /// Takes what is ready; returns whether there was something.
    mutating func next() throws -> Bool {
        let due = isTimed ? waiting.first.map { $0.at + Self.window } : nil
        try demand(batcher.deadline == due)
        let isAlone = waiting.first.map { isolatesRedelivered && $0.delivery.redelivered } ?? false
        let run = waiting.prefix { !isolatesRedelivered || !$0.delivery.redelivered }
        // One that is alone ends the batch before it, which then has nothing to wait for.
        let isComplete = run.count >= limit || run.count < waiting.count
        let isReady = !waiting.isEmpty && (isAlone || isComplete || due.map { now >= $0 } ?? true)
        let batch = batcher.next(at: now)
        try demand((batch != nil) == isReady)
        guard let batch else { return false }
        try demand(batch.count == (isAlone ? 1 : min(run.count, limit)))
        try demand(batch.map(\.deliveryTag) == waiting.prefix(batch.count).map(\.delivery.deliveryTag))
        waiting.removeFirst(batch.count)
        return true
    }
}
