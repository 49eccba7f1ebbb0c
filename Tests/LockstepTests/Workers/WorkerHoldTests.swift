import LockstepTesting
import Logging
import ServiceLifecycle
import Testing

@testable import Lockstep

/// What a worker does when its office's system asks for a pause.
@Suite(.timeLimit(.minutes(1)))
struct WorkerHoldTests {
    /// Hands batches over and keeps the answers.
    private actor Transport: EventTransport {
        private let batches: [[EventDelivery]]
        private(set) var answers: [[DeliveryAnswer]] = []

        init(_ batches: [[EventDelivery]]) { self.batches = batches }

        func publish(_ events: [Event]) async throws(LockstepError) -> [PublishOutcome] { [] }

        func deliver(
            to office: OfficeName, mode: DeliveryMode,
            handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
        ) async throws {
            for batch in batches { answers.append(try await handler(batch)) }
        }
    }

    private actor Memory: WorkerMemory {
        private(set) var reports: [BreakerReport] = []

        func waitingEvents() async throws(LockstepError) -> [Subject: [WaitingEvent]] { [:] }
        func setWaiting(_ events: [Subject: [WaitingEvent]]) async throws(LockstepError) {}
        func note(_ report: BreakerReport) async throws(LockstepError) { reports.append(report) }
    }

    /// Asks for a pause where the script says so, as a webhook does: for all that is left of the call.
    private actor Busy: Adapter {
        nonisolated let wants: AdapterContent
        private var outcomes: [ApplyOutcome]
        private(set) var calls: [Int] = []

        init(_ outcomes: [ApplyOutcome], wants: AdapterContent = .state) {
            self.outcomes = outcomes
            self.wants = wants
        }

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            calls.append(changes.count)
            var busy: ApplyOutcome?
            return changes.map { _ in
                if let busy { return busy }
                let outcome = outcomes.isEmpty ? .applied : outcomes.removeFirst()
                if outcome.isBusy { busy = outcome }
                return outcome
            }
        }
    }

    private static let minute = ApplyOutcome.busy(for: .seconds(60), "answered 429")

    private static func deliveries(_ numbers: ClosedRange<UInt64>, attempt: Int = 3) throws -> [EventDelivery] {
        try numbers.map { EventDelivery(.success(try Sample.event($0, about: "permit/\($0 % 5)")), attempt: attempt) }
    }

    private static func worker(
        _ transport: Transport, _ adapter: Busy, memory: Memory? = nil, clock: ManualClock
    ) throws -> OfficeWorker {
        OfficeWorker(
            Subscription(
                office: try OfficeName("ward-3"), events: [try TopicPattern("#")],
                retry: try RetryPolicy(attempts: 3, delays: [RetryDelay.allCases[0]])),
            transport: transport, replica: MemoryReplica(), adapter: adapter, memory: memory, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test(arguments: [AdapterContent.state, .events])
    func nothingIsToldForThatTimeAndNoAttemptIsLost(_ wants: AdapterContent) async throws {
        let (clock, memory) = (ManualClock(), Memory())
        let adapter = Busy([.applied, Self.minute], wants: wants)
        let transport = Transport([try Self.deliveries(1...4), try Self.deliveries(6...9)])
        let worker = try Self.worker(transport, adapter, memory: memory, clock: clock)
        async let done: Void = worker.run()
        await clock.sleepers(atLeast: 1)
        #expect(clock.nextDeadline == ManualClock.Instant(offset: .seconds(60)))
        let report = try #require(await memory.reports.last)
        #expect(report.reason == "answered 429" && report.nextProbe != nil)
        clock.advance(by: .seconds(60))
        try await done
        // One is tried first, then the others.
        #expect(await adapter.calls == [4, 1, 2, 4])
        let answers = await transport.answers
        #expect(answers.joined().allSatisfy { $0.verdict == .done })
        #expect(answers[0].map(\.outcome) == [.applied, .applied, .applied, .applied], "not as duplicates")
        #expect(await memory.reports.last?.nextProbe == nil)
    }

    @Test func askedAgainItWaitsAgain() async throws {
        let clock = ManualClock()
        let adapter = Busy([Self.minute, Self.minute])
        let transport = Transport([try Self.deliveries(1...4)])
        let worker = try Self.worker(transport, adapter, clock: clock)
        async let done: Void = worker.run()
        for _ in 1...2 {
            await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(60))
        }
        try await done
        #expect(await adapter.calls == [4, 1, 1, 3])
        #expect(await transport.answers.joined().allSatisfy { $0.verdict == .done })
    }

    @Test func aLongPauseIsWaitedOutWithTheBroker() async throws {
        let transport = Transport([try Self.deliveries(1...4)])
        let adapter = Busy([.busy(for: .seconds(1800), "answered 503")])
        try await Self.worker(transport, adapter, clock: ManualClock()).run()
        let hour = try #require(RetryDelay(named: "1h"))
        let verdict = Verdict.retry(after: hour, attempt: 3, Failure(.later, "answered 503"))
        #expect(await transport.answers.joined().allSatisfy { $0.verdict == verdict })
        #expect(await adapter.calls == [4])
    }

    @Test func whoStopsTheWorkerDoesNotWaitForTheEnd() async throws {
        let clock = ManualClock()
        let transport = Transport([try Self.deliveries(1...4)])
        let worker = try Self.worker(transport, Busy([.applied, Self.minute]), clock: clock)
        let group = ServiceGroup(
            services: [worker], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let done: Void = group.run()
        await clock.sleepers(atLeast: 1)
        await group.triggerGracefulShutdown()
        try? await done
        #expect(await transport.answers.map { $0.map(\.verdict) } == [[.done, .giveBack, .giveBack, .giveBack]])
    }
}
