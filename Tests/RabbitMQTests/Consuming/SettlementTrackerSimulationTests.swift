import LockstepTesting
import Testing

@testable import RabbitMQ

/// Random histories of a consumer over several channels: the broker hears of every delivery what the handler said of
/// it, once, and never of one from a channel that is gone.
struct SettlementTrackerSimulationTests {
    @Test
    func theBrokerHearsWhatTheHandlerSaid() throws {
        try forEachSeed(10_000) { _, generator in
            var consumer = ModelConsumer(using: &generator)
            for _ in 0..<Int.random(in: 20...30, using: &generator) {
                switch Int.random(in: 0..<20, using: &generator) {
                case 0..<3: consumer.publish()
                case 3..<8: try consumer.deliver(Int.random(in: 1...4, using: &generator))
                case 8..<12: try consumer.handOver(using: &generator)
                case 12..<19: try consumer.settle(using: &generator)
                default: consumer.loseChannel(using: &generator)
                }
            }
            try consumer.settleAll(using: &generator)
        }
    }
}

/// A consumer that may have several batches in hand, also of channels that are gone.
private struct ModelConsumer {
    private struct Batch {
        let channel: ChannelID
        var deliveries: [Delivery]
    }

    private var queue: ModelQueue
    private var channels: [UInt16: Channel] = [:]
    private var channel = ChannelID(number: 1, generation: 0)
    private var batcher: DeliveryBatcher
    private let batching: Batching
    private var inHand: [Batch] = []
    private var published = 0
    /// How often the broker was told that it may forget a message.
    private var done: [Int: Int] = [:]
    private var now = ContinuousClock.now

    init(using generator: inout SeededGenerator) {
        let limit = Int.random(in: 1...5, using: &generator)
        batching = generator.chance(0.5) ? .immediate(limit: limit) : .collect(count: limit, within: .seconds(1))
        queue = ModelQueue(prefetch: Int.random(in: limit...12, using: &generator))
        batcher = DeliveryBatcher(batching: batching, isolateRedelivered: true)
        openChannel(using: &generator)
    }

    mutating func publish() {
        for _ in 0..<3 {
            queue.publish(published + 1)
            published += 1
        }
    }

    mutating func deliver(_ count: Int) throws {
        let deliveries = queue.deliver(count)
        for delivery in deliveries { try channels[channel.number]?.settlement.add(delivery.deliveryTag) }
        batcher.add(deliveries, at: now)
    }

    mutating func handOver(using generator: inout SeededGenerator) throws {
        now += .milliseconds(Int.random(in: 0...600, using: &generator))
        guard let deliveries = batcher.next(at: now) else { return }
        try demand(!deliveries.isEmpty)
        inHand.append(Batch(channel: channel, deliveries: deliveries))
    }

    /// The handler has decided about some deliveries of a batch, in the order of their tags.
    mutating func settle(using generator: inout SeededGenerator) throws {
        guard let index = inHand.indices.randomElement(using: &generator) else { return }
        let batch = inHand[index]
        let chosen = batch.deliveries.filter { _ in generator.chance(0.7) }
        let settled = chosen.map { delivery in
            (tag: delivery.deliveryTag, disposition: Disposition.any(using: &generator))
        }
        inHand[index].deliveries.removeAll { delivery in
            chosen.contains { $0.deliveryTag == delivery.deliveryTag }
        }
        if inHand[index].deliveries.isEmpty { inHand.remove(at: index) }
        try settle(settled, on: batch.channel)
    }

    /// As the connection does it: a channel that is gone settles nothing.
    private mutating func settle(_ settled: [(tag: UInt64, disposition: Disposition)], on id: ChannelID) throws {
        guard channels[id.number]?.isOpen(as: id) == true else { return }
        let actions = channels[id.number]?.settlement.settle(settled) ?? []
        try demand(id == channel || actions.isEmpty, "nothing is sent about a channel that is gone")
        var heard: [UInt64: Disposition] = [:]
        for action in actions {
            for delivery in try queue.settle(action) {
                let earlier = heard.updateValue(action.disposition, forKey: delivery.tag)
                try demand(earlier == nil)
                if action.disposition != .requeue { done[delivery.message, default: 0] += 1 }
            }
        }
        try demand(heard == Dictionary(uniqueKeysWithValues: settled.map { ($0.tag, $0.disposition) }))
        try demand(channels[id.number]?.settlement.count == queue.unsettled.count)
        // Few frames: alone only behind a delivery that is open, and one for a run of the same disposition.
        let firstOpen = queue.unsettled.first?.tag ?? .max
        try demand(actions.allSatisfy { $0.multiple || $0.tag > firstOpen })
        for (frame, next) in zip(actions, actions.dropFirst()) where frame.multiple && next.multiple {
            try demand(frame.disposition != next.disposition)
        }
    }

    mutating func loseChannel(using generator: inout SeededGenerator) {
        channels[channel.number] = nil
        queue.startOver()
        batcher = DeliveryBatcher(batching: batching, isolateRedelivered: true)
        openChannel(using: &generator)
    }

    private mutating func openChannel(using generator: inout SeededGenerator) {
        // Numbers are used again, mostly the same one.
        let number: UInt16 = generator.chance(0.8) ? 1 : 2
        channel = ChannelID(number: number, generation: channel.generation + 1)
        channels[number] = Channel(
            generation: channel.generation, assembler: DeliveryAssembler(maximumBodySize: 1_000))
    }

    /// From now on the channel holds: every message is done with exactly once.
    mutating func settleAll(using generator: inout SeededGenerator) throws {
        var rounds = 0
        while !queue.ready.isEmpty || !queue.unsettled.isEmpty {
            rounds += 1
            try demand(rounds < 5_000, "it never comes to an end")
            try deliver(4)
            try handOver(using: &generator)
            try settle(using: &generator)
        }
        try demand(channels[channel.number]?.settlement.count == 0)
        try demand(done == Dictionary(uniqueKeysWithValues: (1..<(published + 1)).map { ($0, 1) }))
    }
}

extension Disposition {
    fileprivate static func any(using generator: inout SeededGenerator) -> Disposition {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<7: .ack
        case 7: .requeue
        default: .reject
        }
    }
}
