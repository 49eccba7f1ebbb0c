import LockstepTesting
import Logging
import Synchronization
import Testing

@testable import Lockstep

@Suite("An adapter that wants events", .timeLimit(.minutes(1)))
struct EventAdapterTests {
    private static func delivery(_ reading: UInt64, about subject: String = "permit/1", attempt: Int = 1) throws
        -> EventDelivery
    {
        EventDelivery(.success(try Sample.event(reading, about: subject)), attempt: attempt)
    }

    private static func work(
        _ batches: [[EventDelivery]], replica: MemoryReplica = MemoryReplica(), adapter: ScriptedAdapter,
        clock: any Clock<Duration> = ContinuousClock(), isGone: @escaping @Sendable (String) async -> Void = { _ in }
    ) async throws -> [[Verdict]] {
        let transport = MemoryTransport(delivering: batches)
        let subscription = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("#")],
            retry: try RetryPolicy(attempts: 3, delays: [RetryDelay.allCases[1]]))
        try await OfficeWorker(
            subscription, transport: transport, replica: replica, adapter: adapter, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, isGone: isGone
        ).run()
        return await transport.verdicts
    }

    private static func told(_ adapter: ScriptedAdapter) async -> [[String]] {
        await adapter.calls.map { $0.map { $0.event?.id.text ?? "state of \($0.subject)" } }
    }

    @Test("is told each of them, in order for each record, with its own data")
    func each() async throws {
        let adapter = ScriptedAdapter(wants: .events)
        let verdicts = try await Self.work(
            [
                [
                    try Self.delivery(1), try Self.delivery(2), try Self.delivery(3, about: "permit/2"),
                    try Self.delivery(4),
                ]
            ],
            adapter: adapter)
        #expect(verdicts == [[.done, .done, .done, .done]])
        #expect(await Self.told(adapter) == [["id-1", "id-3"], ["id-2"], ["id-4"]])
        let first = try #require(await adapter.calls.first?.first)
        #expect(first.data == ["status": "Issued"] && first.types == ["permit.issued"])
        #expect(first.version == (try Sample.version(1)))
    }

    @Test("is told an event again that comes again, though merging changes nothing, and of an old one that comes late")
    func again() async throws {
        let replica = MemoryReplica()
        // Merged, and then the process was killed before anybody was told.
        _ = try await replica.merge([Arrival(try Sample.event(2))])
        let adapter = ScriptedAdapter(wants: .events)
        let verdicts = try await Self.work(
            [[try Self.delivery(2)], [try Self.delivery(1)], [try Self.delivery(2)]], replica: replica, adapter: adapter
        )
        #expect(verdicts == [[.done], [.done], [.done]])
        #expect(await Self.told(adapter) == [["id-2"], ["id-1"], ["id-2"]])
    }

    @Test("what is tried again holds the later events of its record, without an attempt, and no other record's")
    func holding() async throws {
        let adapter = ScriptedAdapter(wants: .events) { change in
            change.event?.id.text == "id-2" ? .failed("it is busy") : .applied
        }
        let verdicts = try await Self.work(
            [
                [
                    try Self.delivery(1), try Self.delivery(2), try Self.delivery(3, attempt: 2),
                    try Self.delivery(4, about: "permit/2"), try Self.delivery(5),
                    try Self.delivery(6, about: "permit/2"),
                ]
            ], adapter: adapter)
        let delay = RetryDelay.allCases[1]
        let held = Failure(.order, "an earlier event of the record waits")
        #expect(
            verdicts == [
                [
                    .done, .retry(after: delay, attempt: 2, Failure(.adapter, "it is busy")),
                    .retry(after: delay, attempt: 2, held), .done, .retry(after: delay, attempt: 1, held), .done,
                ]
            ])
        #expect(await Self.told(adapter) == [["id-1", "id-4"], ["id-2", "id-6"]])
    }

    @Test("what is refused, or given up, holds up nothing")
    func refused() async throws {
        let adapter = ScriptedAdapter(wants: .events) { change in
            switch change.event?.id.text {
            case "id-1": .refused("no such slot")
            case "id-3": .failed("it is busy")
            default: .applied
            }
        }
        let verdicts = try await Self.work(
            [[try Self.delivery(1), try Self.delivery(2), try Self.delivery(3, attempt: 3), try Self.delivery(4)]],
            adapter: adapter)
        let busy = Failure(.adapter, "it is busy")
        #expect(verdicts == [[.dead(Failure(.refused, "no such slot")), .done, .dead(busy), .done]])
    }

    @Test("a state that repairs a record is told as a state, where it changed something")
    func states() async throws {
        let adapter = ScriptedAdapter(wants: .events)
        var event = try Sample.event(5)
        event.operation = .state
        event.data = RecordState(try Sample.record([try Sample.change(5, ["a": 1])]), routes: nil).data
        let repair = EventDelivery(.success(event))
        let verdicts = try await Self.work([[try Self.delivery(1)], [repair], [repair]], adapter: adapter)
        #expect(verdicts == [[.done], [.done], [.done]])
        #expect(await Self.told(adapter) == [["id-1"], ["state of permit/1"]])
        #expect(await adapter.calls.last?.first?.data == ["a": 1, "status": "Issued"])
    }

    @Test(
        "one that says that it is gone is told nothing more, and all that it has not taken goes back once",
        arguments: [AdapterContent.state, .events])
    func gone(_ wants: AdapterContent) async throws {
        let clock = ManualClock()
        let reasons = Mutex<[String]>([])
        let adapter = ScriptedAdapter(wants: wants) { change in
            change.subject.text == "permit/2" ? .gone("410") : .applied
        }
        async let verdicts = Self.work(
            [
                [
                    try Self.delivery(1), try Self.delivery(2, about: "permit/2"),
                    try Self.delivery(3, about: "permit/2"),
                    try Self.delivery(4, about: "permit/3"),
                ]
            ], adapter: adapter, clock: clock
        ) { reason in
            reasons.withLock { $0.append(reason) }
        }
        // It holds them: given back at once, they would come back at once.
        await clock.sleepers(atLeast: 1)
        #expect(reasons.withLock { $0 } == ["410"])
        clock.advance(by: .seconds(600))
        #expect(try await verdicts == [[.done, .giveBack, .giveBack, .done]])
        #expect(await adapter.calls.count == 1)
    }
}
