import Lockstep
import LockstepTesting
import Logging
import Synchronization
import Testing

@Suite("An adapter that is a closure", .timeLimit(.minutes(1)))
struct ClosureAdapterTests {
    private struct Broken: Error {}

    private static func verdicts(
        _ records: Int, adapter: any Adapter
    ) async throws -> [Verdict] {
        let deliveries = try (1...records).map { number in
            EventDelivery(.success(try Sample.event(UInt64(number), about: "permit/\(number)")))
        }
        let transport = MemoryTransport(delivering: [deliveries])
        let worker = OfficeWorker(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]),
            transport: transport, replica: MemoryReplica(), adapter: adapter,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await worker.run()
        return await transport.verdicts.flatMap { $0 }
    }

    @Test("what it throws costs that change an attempt, and the others nothing")
    func oneFails() async throws {
        let asked = Mutex<[String]>([])
        let verdicts = try await Self.verdicts(
            4,
            adapter: ClosureAdapter { change in
                asked.withLock { $0.append(change.subject.text) }
                if change.subject.text == "permit/2" { throw Broken() }
            })
        let failure = Failure(.adapter, "the adapter threw Broken")
        #expect(verdicts == [.done, .retry(after: RetryDelay.allCases[0], attempt: 2, failure), .done, .done])
        #expect(asked.withLock { $0 } == (1...4).map { "permit/\($0)" }, "each was asked once")
    }

    @Test("where everything fails, it is asked twice and not for each change")
    func allFail() async throws {
        let asked = Mutex(0)
        let verdicts = try await Self.verdicts(
            50,
            adapter: ClosureAdapter { _ in
                asked.withLock { $0 += 1 }
                throw LockstepError(.notFound, "the calendar is away")
            })
        let failure = Failure(.adapter, "the calendar is away")
        #expect(verdicts.allSatisfy { $0 == .retry(after: RetryDelay.allCases[0], attempt: 2, failure) })
        #expect(asked.withLock { $0 } == 2)
    }

    @Test("an office's name may have letters of either case, and they are different")
    func names() throws {
        #expect(try OfficeName("NMB-Office-1") != OfficeName("nmb-office-1"))
        #expect(try OfficeName("NMB-Office-1").differsOnlyInCase(from: OfficeName("nmb-office-1")))
        #expect(try !OfficeName("ward-1").differsOnlyInCase(from: OfficeName("ward-1")))
        for bad in ["", "-a", "a_b", "a.b", "a b", "ä", "a/b", String(repeating: "a", count: 65)] {
            #expect(throws: LockstepError.self) { try OfficeName(bad) }
        }
    }
}
