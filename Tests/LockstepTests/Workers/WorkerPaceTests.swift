import LockstepTesting
import Logging
import Testing

@testable import Lockstep

/// How a worker keeps its office's pace, and what it shows of its breaker.
@Suite(.timeLimit(.minutes(1)))
struct WorkerPaceTests {
    private actor Memory: WorkerMemory {
        private(set) var waiting: [Subject: [WaitingEvent]] = [:]
        private(set) var reports: [BreakerReport] = []

        func waitingEvents() async throws(LockstepError) -> [Subject: [WaitingEvent]] { waiting }
        func setWaiting(_ events: [Subject: [WaitingEvent]]) async throws(LockstepError) {
            waiting = waiting.merging(events) { $1 }.filter { !$0.value.isEmpty }
        }
        func note(_ report: BreakerReport) async throws(LockstepError) { reports.append(report) }
    }

    private static func deliveries(_ numbers: ClosedRange<UInt64>) throws -> [EventDelivery] {
        try numbers.map { EventDelivery(.success(try Sample.event($0, about: "permit/\($0)"))) }
    }

    private static func worker(
        _ batches: [[EventDelivery]], rate: Int? = nil, delivery: DeliveryMode = .immediate, adapter: any Adapter,
        memory: Memory? = nil, clock: ManualClock
    ) throws -> (OfficeWorker, MemoryTransport) {
        let transport = MemoryTransport(delivering: batches)
        let subscription = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("#")], delivery: delivery,
            pace: DeliveryPace(rate: rate, concurrency: 5))
        let worker = OfficeWorker(
            subscription, transport: transport, replica: MemoryReplica(), adapter: adapter, memory: memory,
            clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return (worker, transport)
    }

    @Test func noMoreChangesAreToldThanTheRateAllows() async throws {
        let (adapter, clock) = (ScriptedAdapter(), ManualClock())
        let (worker, transport) = try Self.worker(
            [try Self.deliveries(1...10), try Self.deliveries(11...14)], rate: 10, adapter: adapter, clock: clock)
        async let done: Void = worker.run()
        await clock.sleepers(atLeast: 1)
        #expect(await adapter.calls.map(\.count) == [10], "a burst after a rest")
        for count in 11...14 {
            clock.advance(by: .milliseconds(99))
            #expect(await adapter.calls.count == count - 10)
            clock.advance(by: .milliseconds(1))
            if count < 14 { await clock.sleepers(atLeast: 1) }
        }
        try await done
        #expect(await adapter.calls.map(\.count) == [10, 1, 1, 1, 1])
        #expect(await transport.verdicts.joined().allSatisfy { $0 == .done })
    }

    @Test func aBatchStaysOne() async throws {
        let (adapter, clock) = (ScriptedAdapter(), ManualClock())
        let (worker, _) = try Self.worker(
            [try Self.deliveries(1...20), try Self.deliveries(21...40)], rate: 10,
            delivery: try .batch(events: 20, within: .seconds(5)), adapter: adapter, clock: clock)
        async let done: Void = worker.run()
        await clock.sleepers(atLeast: 1)
        #expect(await adapter.calls.map(\.count) == [20])
        clock.advance(by: .seconds(2))
        try await done
        #expect(await adapter.calls.map(\.count) == [20, 20])
    }

    @Test func whatItWasAskedAgainForCountsAgain() async throws {
        struct Bad: Error {}
        let adapter = ScriptedAdapter { change in
            if change.subject.text == "permit/1" { throw Bad() }
            return .applied
        }
        let clock = ManualClock()
        let (worker, _) = try Self.worker(
            [try Self.deliveries(1...10), try Self.deliveries(11...11)], rate: 10, adapter: adapter, clock: clock)
        async let done: Void = worker.run()
        await clock.sleepers(atLeast: 1)
        // Ten together, then each alone: what is owed is ten changes, and one more is to pass.
        #expect(clock.nextDeadline == ManualClock.Instant(offset: .milliseconds(1_100)))
        clock.advance(by: .milliseconds(1_100))
        try await done
    }

    @Test func theAdapterLearnsHowMuchItMayDoAtOnce() async throws {
        actor Curious: Adapter {
            var concurrency: Int?
            func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
                concurrency = context.concurrency
                return changes.map { _ in .applied }
            }
        }
        let adapter = Curious()
        let (worker, _) = try Self.worker([try Self.deliveries(1...1)], adapter: adapter, clock: ManualClock())
        try await worker.run()
        #expect(await adapter.concurrency == 5)
    }

    @Test func whoeverLooksSeesSinceWhenAndWhyTheOfficeIsDown() async throws {
        let replies = Replies([.failed("answered 503"), .failed("answered 503"), .failed("answered 502"), .applied])
        let (clock, memory) = (ManualClock(), Memory())
        let (worker, _) = try Self.worker(
            try (1...4).map { try Self.deliveries($0...$0) }, adapter: replies, memory: memory, clock: clock)
        async let done: Void = worker.run()
        await clock.sleepers(atLeast: 1)
        let open = try #require(await memory.reports.last)
        #expect(open.reason == "answered 503" && open.nextProbe != nil)
        clock.advance(by: .seconds(1))
        await clock.sleepers(atLeast: 1)
        let still = try #require(await memory.reports.last)
        #expect(still.reason == "answered 502" && still.since == open.since)
        clock.advance(by: .seconds(2))
        try await done
        let reports = await memory.reports
        #expect(reports.map(\.reason) == [nil, "answered 503", "answered 502", nil])
        #expect(reports.last?.nextProbe == nil)
    }

    /// An adapter that gives one answer after the other.
    private actor Replies: Adapter {
        private var outcomes: [ApplyOutcome]
        init(_ outcomes: [ApplyOutcome]) { self.outcomes = outcomes }
        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            changes.map { _ in outcomes.isEmpty ? .applied : outcomes.removeFirst() }
        }
    }
}
