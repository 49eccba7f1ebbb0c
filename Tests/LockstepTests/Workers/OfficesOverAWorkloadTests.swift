import Lockstep
import LockstepTesting
import Logging
import Testing

/// Publishers and offices over a carrier that reorders, repeats and fails, judged as the soak test judges real ones.
@Suite(.timeLimit(.minutes(2)))
struct OfficesOverAWorkloadTests {
    @Test
    func nothingIsLostAndAllOfficesAgree() async throws {
        try await forEachSeed(40) { seed, generator async throws in
            let events = try await Self.publish(seed: seed)
            var checker = HistoryChecker()
            for event in events {
                checker.attempt(event)
                checker.accept(event.id)
            }
            var offices: [OfficeHistory] = []
            for (name, pattern) in [("ward-1", "#"), ("ward-2", "record.*"), ("ward-3", "record.made")] {
                var carrier = try Carrier(name, pattern, of: events)
                offices.append(try await carrier.deliver(using: &generator))
            }
            let verdict = checker.judge(offices)
            try Self.demand(verdict.isClean, "\(verdict)")
            try Self.demand(verdict.duplicates > 0 && !verdict.dead.isEmpty, "nothing happened: \(verdict)")
            let refused = Set(events.filter { $0.subject.text == Carrier.refusedSubject }.map(\.id))
            try Self.demand(verdict.dead.allSatisfy { refused.contains($0.id) }, "an innocent died: \(verdict.dead)")
        }
    }

    /// Two origins that know nothing of each other publish about the same records.
    private static func publish(seed: UInt64) async throws -> [Event] {
        let shape = Workload.Shape(
            types: [try EventType("record.made"), try EventType("record.revised")], events: 100, subjects: 15,
            sizes: 5...50)
        var events: [Event] = []
        for (number, origin) in ["core", "elsewhere"].enumerated() {
            let transport = MemoryTransport()
            let publisher = EventPublisher(
                EventPublisher.Configuration(origin: try Origin(origin)), transport: transport,
                versions: MemoryVersionSource(after: ClockReading(UInt64(number) * 50)))
            _ = try await publisher.publish(try Workload(shape, seed: seed << 1 | UInt64(number)).drafts)
            events += await transport.published
        }
        return events
    }

    private static func demand(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        if !holds { throw Deviation(description: what()) }
    }
}

private struct Deviation: Error, CustomStringConvertible {
    let description: String
}

/// Carries events to one office again and again, until each is done or dead.
private struct Carrier {
    static let refusedSubject = "record/3"

    private let subscription: Subscription
    private let replica = MemoryReplica()
    private var waiting: [(event: Event, attempt: Int)]
    private var history: OfficeHistory

    init(_ name: String, _ pattern: String, of events: [Event]) throws {
        subscription = Subscription(
            office: try OfficeName(name), events: [try TopicPattern(pattern)],
            retry: try RetryPolicy(attempts: 50, delays: [RetryDelay.allCases[0]]))
        let wanted = events.filter { [subscription] in subscription.wants($0.routingKey) }
        waiting = wanted.map { ($0, 1) }
        history = OfficeHistory(name: name, wanted: Set(wanted.map(\.id)))
    }

    /// Delivers all of it, some of it again, and tells what the office made of it.
    mutating func deliver(using generator: inout SeededGenerator) async throws -> OfficeHistory {
        while !waiting.isEmpty {
            let again = waiting.filter { _ in generator.chance(0.1) }
            try await round((waiting + again).shuffled(using: &generator), using: &generator)
        }
        history.applied = await replica.batches.flatMap { $0.map(\.event.id) }
        history.state = await replica.records.compactMapValues { record in
            record.version.map { OfficeHistory.Held(version: $0, content: record.shown(by: .newest)?.text ?? "") }
        }
        return history
    }

    /// One life of a worker.
    private mutating func round(
        _ deliveries: [(event: Event, attempt: Int)], using generator: inout SeededGenerator
    ) async throws {
        var batches: [[(event: Event, attempt: Int)]] = []
        var rest = deliveries[...]
        while !rest.isEmpty {
            batches.append(Array(rest.prefix(Int.random(in: 1...20, using: &generator))))
            rest = rest.dropFirst(batches[batches.count - 1].count)
        }
        // Once is no outage: the worker does not wait.
        if generator.chance(0.7) { await replica.failNext(LockstepError(.storeUnavailable, "the file is locked")) }
        let transport = MemoryTransport(
            delivering: batches.map { $0.map { EventDelivery(.success($0.event), attempt: $0.attempt) } })
        let worker = OfficeWorker(
            subscription, transport: transport, replica: replica,
            adapter: ScriptedAdapter { $0.subject.text == Self.refusedSubject ? .refused("no such slot") : .applied },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await worker.run()
        settle(batches.flatMap { $0 }, as: await transport.verdicts.flatMap { $0 })
    }

    private mutating func settle(_ deliveries: [(event: Event, attempt: Int)], as verdicts: [Verdict]) {
        waiting = []
        for ((event, attempt), verdict) in zip(deliveries, verdicts) {
            switch verdict {
            case .done: break
            case .dead(let failure):
                history.dead.append(OfficeHistory.DeadLetter(id: event.id, reason: failure.reason))
            case .retry(_, let attempt, _): waiting.append((event, attempt))
            case .giveBack: waiting.append((event, attempt))
            }
        }
    }
}
