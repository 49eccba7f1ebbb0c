import LockstepTesting
import Testing

@testable import RabbitMQ

/// Messages that kill whoever handles them, among others, in random queues: nobody else may die of them.
struct CrashingConsumerSimulationTests {
    @Test("whatever is handed out with messages that kill the process is counted three times at most, and handled")
    func innocents() throws {
        try forEachSeed(1_000) { _, generator in
            var queue = CrashingConsumers(using: &generator)
            var lives = 1
            while try !queue.live(using: &generator) {
                lives += 1
                try demand(lives <= queue.mostLives, "the consumers get nowhere")
            }
            try queue.checkEnd()
        }
    }

    @Test("what has come back once is taken in few batches")
    func pace() throws {
        var generator = SeededGenerator(seed: 1)
        var queue = CrashingConsumers(cameBack: 1_000)
        #expect(try queue.live(using: &generator))
        #expect(queue.batches == 36)
    }
}

/// A quorum queue with a limit of deliveries, and the consumers that die of some of its messages, one after the other.
private struct CrashingConsumers {
    private struct Entry {
        let number: Int
        let kills: Bool
        var count = 0
    }

    /// How often a message may come back.
    private let limit = 3
    private let options: ConsumerOptions
    /// Whether what comes back goes behind all that has come back before, or to where it was.
    private let goesBehind: Bool
    /// Whether what is handed out may arrive in several pieces.
    private let isSplit: Bool
    private let total: Int
    private var back: [Entry] = []
    private var fresh: [Entry]
    private var out: [Entry] = []
    private var done: [Entry] = []
    private var dead: [Entry] = []
    private(set) var batches = 0

    init(using generator: inout SeededGenerator) {
        total = Int.random(in: 1...150, using: &generator)
        let deadly = generator.chance(0.5) ? 0.01 : 0.1
        fresh = []
        for number in 0..<total { fresh.append(Entry(number: number, kills: generator.chance(deadly))) }
        goesBehind = generator.chance(0.5)
        isSplit = generator.chance(0.5)
        options = ConsumerOptions(
            prefetch: UInt16.random(in: 1...100, using: &generator),
            batching: .immediate(limit: Int.random(in: 1...60, using: &generator)))
    }

    /// A queue whose consumer has died once, with all that was in it.
    init(cameBack count: Int) {
        (total, goesBehind, isSplit, fresh, options) = (count, true, false, [], ConsumerOptions())
        back = (0..<count).map { Entry(number: $0, kills: false, count: 1) }
    }

    /// Each that kills does so until it is over the limit, and once more for those that are taken along.
    var mostLives: Int { 1 + (done + dead + back + fresh).count { $0.kills } * (limit + 1) }

    /// One consumer's life; returns whether it came to the queue's end.
    mutating func live(using generator: inout SeededGenerator) throws -> Bool {
        var caution = ConsumerCaution(isolates: true)
        while true {
            let chosen = caution.options(options)
            let probe = caution.window.map { _ in
                ConsumerProbe(window: chosen.batching.limit, widest: options.widestProbe)
            }
            switch try subscribe(chosen, probe, using: &generator) {
            case .endsCare: caution.foundNothing()
            case .widens: caution.widen()
            case .goesOn: return back.isEmpty && fresh.isEmpty
            }
            try demand(out.isEmpty, "what is out comes back")
        }
    }

    /// One subscription; returns how it ended: `goesOn` where there is nothing more, or the consumer has died.
    private mutating func subscribe(
        _ chosen: ConsumerOptions, _ probe: ConsumerProbe?, using generator: inout SeededGenerator
    ) throws -> ConsumerProbe.Verdict {
        var batcher = DeliveryBatcher(
            batching: chosen.batching, isolateRedelivered: chosen.isolateRedelivered,
            trustsRedelivered: chosen.trustsRedelivered, joinsUnsuspicious: chosen.joinsUnsuspicious)
        var now = ContinuousClock.now
        while true {
            let room = Int(chosen.prefetch) - out.count
            batcher.add(handOut(isSplit ? Int.random(in: 0...room, using: &generator) : room), at: now)
            guard let batch = batcher.next(at: now) else {
                if back.isEmpty, fresh.isEmpty, out.isEmpty { return .goesOn }
                now += .milliseconds(7)
                continue
            }
            guard try handle(batch) else { return .goesOn }
            guard let verdict = probe?.verdict(on: batch), verdict != .goesOn else { continue }
            if verdict == .endsCare, !out.contains(where: { $0.count > 0 }) {
                guard try handle(out.map(delivery(of:))) else { return .goesOn }
            }
            comeBack()
            return verdict
        }
    }

    /// Handles what was handed out first; false where that kills the consumer.
    private mutating func handle(_ batch: [Delivery]) throws -> Bool {
        batches += 1
        let taken = out.prefix(batch.count)
        try demand(taken.map { "\($0.number)" } == batch.map(\.routingKey), "in the order that they came in")
        guard !taken.contains(where: \.kills) else {
            comeBack()
            return false
        }
        done += taken
        out.removeFirst(batch.count)
        return true
    }

    /// What came back is handed out before what is new.
    private mutating func handOut(_ count: Int) -> [Delivery] {
        (0..<min(count, back.count + fresh.count)).map { _ in
            let entry = back.isEmpty ? fresh.removeFirst() : back.removeFirst()
            out.append(entry)
            return delivery(of: entry)
        }
    }

    private func delivery(of entry: Entry) -> Delivery {
        var message = Message(body: [])
        if entry.count > 0 { message.properties.headers["x-delivery-count"] = .int(Int64(entry.count)) }
        return Delivery(exchange: "", routingKey: "\(entry.number)", redelivered: entry.count > 0, message: message)
    }

    private mutating func comeBack() {
        for index in out.indices { out[index].count += 1 }
        dead += out.filter { $0.count > limit }
        let left = out.filter { $0.count <= limit }
        back = goesBehind ? back + left : left + back
        out = []
    }

    func checkEnd() throws {
        try demand(dead.allSatisfy(\.kills), "only what kills dies")
        try demand(Set((done + dead).map(\.number)).count == total && done.count + dead.count == total)
        try demand(!done.contains(where: \.kills))
    }
}
