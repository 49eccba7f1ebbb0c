import LockstepTesting
import Testing

@testable import Lockstep

/// Random failures, crashes and losses of an office that keeps the order of its records.
struct RecordOrderSimulationTests {
    @Test(.timeLimit(.minutes(5)))
    func everyRecordIsToldInTheOrderOfItsPublication() async throws {
        try await forEachSeed(10_000) { _, generator async throws in
            var site = try OrderedSite(using: &generator)
            try site.run(using: &generator)
            try site.check()
        }
    }
}

/// A broker's queues, an office's worker and its system, as values.
private struct OrderedSite {
    private struct Message {
        var number: Int
        var attempt = 1
        var expiry = Timestamp(microseconds: 0)
        var putOffAt: Timestamp?
    }

    private static let attempts = 3
    private let events: [Event]
    private let policy: RetryPolicy
    private let failing: Double
    private let losing: Double
    private var unpublished: [Int]
    private var queue: [Message] = []
    private var waiting: [RetryDelay: [Message]] = [:]
    private var stored: [Subject: [WaitingEvent]] = [:]
    private var order = RecordOrder()
    private var now = Timestamp(microseconds: 1_720_000_000_000_000)
    /// What the office's system took, in order; each once.
    private var told: [Int] = []
    private var dead: Set<Int> = []
    private var lost: Set<Int> = []

    init(using generator: inout SeededGenerator) throws {
        let records = Int.random(in: 1...3, using: &generator)
        events = try (0..<Int.random(in: 2...10, using: &generator)).map { number in
            try Sample.event(UInt64(number + 1), about: "permit/\(Int.random(in: 1...records, using: &generator))")
        }
        failing = Double.random(in: 0...0.7, using: &generator)
        losing = generator.chance(0.2) ? 0.1 : 0
        policy = try RetryPolicy(
            attempts: Self.attempts,
            delays: (0..<2).map { _ in RetryDelay.allCases.randomElement(using: &generator) ?? RetryDelay.allCases[0] })
        // Now and then one is published twice.
        unpublished = events.indices.flatMap { generator.chance(0.1) ? [$0, $0] : [$0] }
    }

    mutating func run(using generator: inout SeededGenerator) throws {
        var steps = 0
        while !unpublished.isEmpty || !queue.isEmpty || !waiting.isEmpty {
            steps += 1
            try #require(steps < 20_000, "something waits for ever")
            if !unpublished.isEmpty, generator.chance(0.5) { queue.append(Message(number: unpublished.removeFirst())) }
            if generator.chance(0.5) || queue.isEmpty { pass(using: &generator) }
            if !queue.isEmpty, generator.chance(0.7) { work(using: &generator) }
        }
    }

    /// Each event that was neither given up nor lost was told, for each record in the order of publication.
    func check() throws {
        let sound = events.indices.filter { !dead.contains($0) && !lost.contains($0) }
        try #require(Set(told).isSuperset(of: sound))
        for subject in Set(events.map(\.subject)) {
            let expected = sound.filter { events[$0].subject == subject }
            try #require(told.filter { events[$0].subject == subject && sound.contains($0) } == expected)
        }
        // Only what was lost may still be waited for, by nobody.
        try #require(!lost.isEmpty || order.isEmpty)
    }

    /// Time goes on, and what has waited long enough comes back.
    private mutating func pass(using generator: inout SeededGenerator) {
        let next = waiting.values.compactMap { $0.first?.expiry }.min()
        now = now.advanced(by: .milliseconds(Int.random(in: 0...2_000, using: &generator)))
        if let next, next > now, queue.isEmpty || generator.chance(0.5) { now = next }
        // The office may be away for a week.
        if generator.chance(0.005) { now = now.advanced(by: .seconds(604_800)) }
        var back: [(Message, Timestamp)] = []
        for (delay, messages) in waiting {
            // Of a queue of the broker's only the first one can expire.
            let due = messages.prefix { $0.expiry <= now }
            back += due.map { ($0, $0.expiry) }
            waiting[delay] = due.count == messages.count ? nil : Array(messages.dropFirst(due.count))
        }
        for (message, _) in back.sorted(by: { ($0.1, $0.0.number) < ($1.1, $1.0.number) }) {
            if generator.chance(losing) { lost.insert(message.number) } else { queue.append(message) }
        }
    }

    /// The worker takes a batch; it may end at any point.
    private mutating func work(using generator: inout SeededGenerator) {
        let count = min(queue.count, Int.random(in: 1...5, using: &generator))
        let batch = Array(queue.prefix(count))
        queue.removeFirst(count)
        let answers = answer(batch, using: &generator)
        if generator.chance(0.05) { return restart(givingBack: batch) }
        stored.merge(order.changes) { $1 }
        order.keptChanges()
        if generator.chance(0.05) { return restart(givingBack: batch) }
        let crash = generator.chance(0.05) ? Int.random(in: 0...count, using: &generator) : nil
        for (message, answer) in zip(batch, answers).prefix(crash ?? count) {
            guard case .retry(let delay, let attempt, _) = answer.verdict else { continue }
            let longest = Double(delay.duration / .milliseconds(1))
            let expiry = now.advanced(by: .milliseconds(Int(longest * Double.random(in: 0.8...1, using: &generator))))
            waiting[delay, default: []].append(
                Message(number: message.number, attempt: attempt, expiry: expiry, putOffAt: now))
        }
        // What was published anew and not acknowledged comes twice.
        if crash != nil { return restart(givingBack: batch) }
        queue = zip(batch, answers).filter { $1.verdict == .giveBack }.map(\.0) + queue
    }

    private mutating func restart(givingBack batch: [Message]) {
        queue = batch + queue
        order = RecordOrder(stored.filter { !$0.value.isEmpty })
    }

    private mutating func answer(_ messages: [Message], using generator: inout SeededGenerator) -> [DeliveryAnswer] {
        var batch = BatchProgress(
            messages.map { EventDelivery(.success(events[$0.number]), attempt: $0.attempt, putOffAt: $0.putOffAt) })
        while !batch.isDone {
            let turns = order.turns(in: &batch, at: now).now
            let places = turns.prefix(Int.random(in: 1...5, using: &generator))
            if generator.chance(0.03) {
                batch.giveRestBack()
                break
            }
            let answers = places.map { place in answer(messages[place], using: &generator) }
            order.settle(places, answers, in: &batch, at: now)
            now = now.advanced(by: .milliseconds(Int.random(in: 0...50, using: &generator)))
        }
        return batch.answers
    }

    private mutating func answer(_ message: Message, using generator: inout SeededGenerator) -> DeliveryAnswer {
        if generator.chance(failing) {
            let failure = Failure(.adapter, "it is out")
            switch policy.decision(afterAttempt: message.attempt) {
            case .retry(let delay, let next): return DeliveryAnswer(.retry(after: delay, attempt: next, failure))
            case .giveUp:
                dead.insert(message.number)
                return DeliveryAnswer(.dead(failure))
            }
        }
        if !told.contains(message.number) { told.append(message.number) }
        return DeliveryAnswer(.done)
    }
}
