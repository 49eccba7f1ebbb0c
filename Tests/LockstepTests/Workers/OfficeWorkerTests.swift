import Lockstep
import LockstepTesting
import Logging
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OfficeWorkerTests {
    private static let unavailable = LockstepError(.storeUnavailable, "the file is locked")

    private static func subscription(attempts: Int = 3, calendar: [CalendarMapping] = []) throws -> Subscription {
        Subscription(
            office: try OfficeName("ward-3"),
            events: [try TopicPattern("#")],
            retry: try RetryPolicy(attempts: attempts, delays: [RetryDelay.allCases[0]]),
            calendar: calendar
        )
    }

    private static func delivery(_ reading: UInt64, about subject: String = "permit/1", attempt: Int = 1) throws
        -> EventDelivery
    {
        EventDelivery(.success(try Sample.event(reading, about: subject)), attempt: attempt)
    }

    /// Runs a worker over some batches and returns its verdicts.
    private static func work(
        _ batches: [[EventDelivery]],
        attempts: Int = 3,
        replica: MemoryReplica = MemoryReplica(),
        adapter: (any Adapter)? = nil,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> [[Verdict]] {
        let transport = MemoryTransport(delivering: batches)
        let worker = OfficeWorker(
            try subscription(attempts: attempts),
            transport: transport,
            replica: replica,
            adapter: adapter,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await worker.run()
        return await transport.verdicts
    }

    @Test func whatWasTakenInIsDone() async throws {
        let replica = MemoryReplica()
        let verdicts = try await Self.work(
            [[try Self.delivery(1), try Self.delivery(2, about: "permit/2")]], replica: replica)
        #expect(verdicts == [[.done, .done]])
        #expect(await replica.records.count == 2)
    }

    @Test func whatCannotBeDecodedIsDeadAndTheNextOneGoesOn() async throws {
        let garbage = EventDelivery(
            .failure(LockstepError(.invalidJSON, "not valid JSON at byte 0: a value is missing")))
        let verdicts = try await Self.work([[garbage, try Self.delivery(1)]])
        #expect(verdicts == [[.dead(Failure(.undecodable, "not valid JSON at byte 0: a value is missing")), .done]])
    }

    @Test func aStoreThatCannotBeWrittenMeansRetryAndTheLastAttemptIsDead() async throws {
        let replica = MemoryReplica()
        await replica.failNext(Self.unavailable)
        let verdicts = try await Self.work(
            [[try Self.delivery(1), try Self.delivery(2, attempt: 3)]], replica: replica)
        let failure = Failure(.store, "the file is locked")
        #expect(verdicts == [[.retry(after: RetryDelay.allCases[0], attempt: 2, failure), .dead(failure)]])
    }

    @Test func aDamagedStoreStopsTheWorkerAndSettlesNothing() async throws {
        let replica = MemoryReplica()
        await replica.failNext(LockstepError(.storeCorrupt, "the file is damaged"))
        await #expect(throws: LockstepError.self) { try await Self.work([[try Self.delivery(1)]], replica: replica) }
    }

    @Test func theAdapterGetsTheNewestStateOfEachRecordOnce() async throws {
        let adapter = ScriptedAdapter()
        _ = try await Self.work(
            [[try Self.delivery(1), try Self.delivery(2), try Self.delivery(3, about: "permit/2")]], adapter: adapter)
        let calls = await adapter.calls
        #expect(calls.count == 1)
        #expect(calls.first?.map(\.subject.text) == ["permit/1", "permit/2"])
        #expect(calls.first?.first?.version.reading == ClockReading(2))
    }

    @Test func aRecordThatWasMergedButNotPushedIsPushedWhenItsDeliveryComesAgain() async throws {
        let replica = MemoryReplica()
        _ = try await replica.merge([Arrival(try Sample.event(1))])  // and then the process was killed
        let adapter = ScriptedAdapter()
        let verdicts = try await Self.work([[try Self.delivery(1)]], replica: replica, adapter: adapter)
        #expect(verdicts == [[.done]])
        #expect(await adapter.calls.count == 1)
    }

    @Test func aRefusalIsDeadAtOnceAndOtherRecordsAreNot() async throws {
        let adapter = ScriptedAdapter { $0.subject.text == "permit/1" ? .refused("no such slot") : .applied }
        let verdicts = try await Self.work(
            [[try Self.delivery(1), try Self.delivery(2, about: "permit/2")]], adapter: adapter)
        #expect(verdicts == [[.dead(Failure(.refused, "no such slot")), .done]])
    }

    @Test func laterDoesNotUseUpAnAttempt() async throws {
        let adapter = ScriptedAdapter { _ in .later(after: .seconds(40)) }
        let verdicts = try await Self.work([[try Self.delivery(1, attempt: 3)]], adapter: adapter)
        guard case .retry(let delay, let attempt, _) = verdicts[0][0] else {
            Issue.record("\(verdicts)")
            return
        }
        #expect(delay.name == "2m", "not before the time")
        #expect(attempt == 3)
    }

    @Test func oneBadChangeDoesNotFailTheOthersOfItsBatch() async throws {
        struct Bad: Error {}
        let adapter = ScriptedAdapter { change in
            if change.subject.text == "permit/1" { throw Bad() }
            return .applied
        }
        let deliveries = try (1...4).map { try Self.delivery(UInt64($0), about: "permit/\($0)") }
        let verdicts = try await Self.work([deliveries], adapter: adapter)
        #expect(Array(verdicts[0].dropFirst()) == [.done, .done, .done])
        #expect(verdicts[0][0] != .done)
    }

    @Test func anOfficeThatIsDownKeepsItsDeliveriesAndTheirAttempts() async throws {
        let clock = ManualClock()
        let replica = MemoryReplica()
        // Two batches fail as a whole, and so does the first probe.
        await replica.failNext(Self.unavailable, Self.unavailable, Self.unavailable)
        let batches = try (1...3).map { batch in
            try (1...3).map { try Self.delivery(UInt64(batch * 10 + $0), about: "permit/\(batch)-\($0)") }
        }
        async let verdicts = Self.work(batches, replica: replica, clock: clock)
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(2))
        let last = try await verdicts[2]
        // The delivery that probed waits without having lost an attempt; the others were never tried in vain.
        guard case .retry(_, let attempt, _) = last[0] else {
            Issue.record("\(last)")
            return
        }
        #expect(attempt == 1)
        #expect(Array(last.dropFirst()) == [.done, .done])
    }
}
