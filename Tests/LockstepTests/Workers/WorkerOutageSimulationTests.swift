import LockstepTesting
import Logging
import Synchronization
import Testing

@testable import Lockstep

/// Random outages of an office's system, and deliveries that are themselves to blame, before a worker with a breaker.
struct WorkerOutageSimulationTests {
    /// An outage costs a delivery two attempts at most, however long it is and whenever the delivery comes back: so whoever
    /// has three is not given up for it, least of all for having been the one that was tried.
    @Test(.timeLimit(.minutes(5)))
    func noOutageMakesADeadLetterOfAnInnocent() async throws {
        try await forEachSeed(2_000) { _, generator async throws in
            let site = try OutageSite(using: &generator)
            try await site.run(using: &generator)
        }
    }
}

/// Time that passes at once where somebody waits for it.
private final class LeapingClock: Clock {
    typealias Instant = ManualClock.Instant
    private let time = Mutex(Duration.zero)

    var now: Instant { Instant(offset: time.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws { leap(to: deadline.offset) }
    func leap(to offset: Duration) { time.withLock { $0 = max($0, offset) } }
}

/// An office's system: out of reach for a while, and never content with some records.
private struct Fickle: Adapter {
    let clock: LeapingClock
    let outage: Range<Duration>
    let bad: Set<Subject>
    let throwing: Bool

    struct Down: Error {}

    func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        if outage.contains(clock.now.offset) {
            if throwing { throw Down() }
            return changes.map { _ in .failed("it is down") }
        }
        return changes.map { bad.contains($0.subject) ? .failed("it is bad") : .applied }
    }
}

private struct OutageSite {
    private struct Message {
        var number: Int
        var attempt = 1
        var due = Duration.zero
    }

    private let clock = LeapingClock()
    private let worker: OfficeWorker
    private let events: [Event]
    private let bad: Set<Int>
    private let attempts: Int

    init(using generator: inout SeededGenerator) throws {
        let count = Int.random(in: 3...20, using: &generator)
        events = try (0..<count).map { try Sample.event(UInt64($0 + 1), about: "permit/\($0)") }
        let isBad = Double.random(in: 0...0.5, using: &generator)
        bad = Set(events.indices.filter { _ in generator.chance(isBad) })
        attempts = Int.random(in: 3...5, using: &generator)
        let start = Duration.milliseconds(Int.random(in: 0...20_000, using: &generator))
        let end = start + .milliseconds(Int.random(in: 0...4_000_000, using: &generator))
        let adapter = Fickle(
            clock: clock, outage: start..<end, bad: Set(bad.map { [events] in events[$0].subject }),
            throwing: generator.chance(0.5))
        let subscription = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("#")],
            retry: try RetryPolicy(attempts: attempts, delays: Array(RetryDelay.allCases.prefix(3))))
        worker = OfficeWorker(
            subscription, transport: MemoryTransport(), replica: MemoryReplica(), adapter: adapter, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func run(using generator: inout SeededGenerator) async throws {
        var unpublished = Array(events.indices)
        var queue: [Message] = []
        var waiting: [Message] = []
        var done: Set<Int> = []
        var dead: Set<Int> = []
        let innocent = Set(events.indices).subtracting(bad)
        for _ in 0..<2_000 where !done.isSuperset(of: innocent) {
            if !unpublished.isEmpty, generator.chance(0.7) { queue.append(Message(number: unpublished.removeFirst())) }
            let soon = clock.now.offset + .milliseconds(Int.random(in: 0...3_000, using: &generator))
            clock.leap(to: queue.isEmpty ? max(soon, waiting.map(\.due).min() ?? soon) : soon)
            let back = waiting.filter { $0.due <= clock.now.offset }
            waiting.removeAll { $0.due <= clock.now.offset }
            queue += back
            guard !queue.isEmpty, generator.chance(0.8) else { continue }
            let batch = Array(queue.prefix(Int.random(in: 1...6, using: &generator)))
            queue.removeFirst(batch.count)
            let answers = try await worker.work(
                off: batch.map { EventDelivery(.success(events[$0.number]), attempt: $0.attempt) })
            for (message, answer) in zip(batch, answers) {
                switch answer.verdict {
                case .done: done.insert(message.number)
                case .dead: dead.insert(message.number)
                case .giveBack: queue.append(message)
                case .retry(let delay, let attempt, _):
                    try #require(attempt == message.attempt || attempt == message.attempt + 1)
                    try #require(attempt <= attempts)
                    waiting.append(
                        Message(number: message.number, attempt: attempt, due: clock.now.offset + delay.duration))
                }
            }
        }
        try #require(done.isSuperset(of: innocent), "an innocent delivery waits for ever")
        try #require(dead.isSubset(of: bad))
    }
}
