import Lockstep
import LockstepTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A ledger's store in memory that can fail.
private final class MemoryLedger: LedgerStore {
    private struct State {
        var taken: [[LedgerReport]] = []
        var failures: [LockstepError] = []
        var old = 0
        var purges: [(before: Timestamp, limit: Int)] = []
    }

    private let state = Mutex(State())

    init(old: Int = 0, failing failures: [LockstepError] = []) {
        state.withLock {
            $0.old = old
            $0.failures = failures
        }
    }

    var taken: [[LedgerReport]] { state.withLock(\.taken) }
    var purges: [(before: Timestamp, limit: Int)] { state.withLock(\.purges) }

    func take(_ reports: [LedgerReport]) async throws(LockstepError) {
        if let failure = nextFailure() { throw failure }
        state.withLock { $0.taken.append(reports) }
    }

    func purge(before: Timestamp, limit: Int) async throws(LockstepError) -> Int {
        if let failure = nextFailure() { throw failure }
        return state.withLock { state in
            state.purges.append((before, limit))
            let gone = min(limit, state.old)
            state.old -= gone
            return gone
        }
    }

    private func nextFailure() -> LockstepError? {
        state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
    }
}

/// Hands its batches over, one after the other, then waits for the end.
private struct ScriptedFeed: LedgerFeed {
    let batches: [[LedgerReport]]

    func reports(_ handler: @escaping @Sendable ([LedgerReport]) async throws -> Void) async throws {
        for batch in batches { try await handler(batch) }
        try? await gracefulShutdown()
    }
}

@Suite(.timeLimit(.minutes(1)))
struct LedgerWorkerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let now = WallClock { Timestamp(microseconds: 1_000_000_000) }
    private static let locked = LockstepError(.storeUnavailable, "locked")

    private static func report(_ office: String) throws -> LedgerReport {
        .receipts(ReceiptBatch(office: try OfficeName(office), at: now.now, receipts: []))
    }

    /// Runs a ledger until the condition holds.
    private static func run(
        _ store: MemoryLedger, _ batches: [[LedgerReport]] = [], pause: Duration = .milliseconds(1),
        until isDone: () async throws -> Bool
    ) async throws {
        var configuration = LedgerWorker.Configuration(keep: .seconds(300))
        configuration.pause = pause
        configuration.batch = 10
        let worker = LedgerWorker(
            configuration, feed: ScriptedFeed(batches: batches), store: store, wallClock: now, logger: quiet)
        let group = ServiceGroup(services: [worker], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually("the ledger is done", isDone)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func batchesAreTakenInInOrder() async throws {
        let store = MemoryLedger()
        let batches = [[try Self.report("a"), try Self.report("b")], [try Self.report("c")]]
        try await Self.run(store, batches, pause: .seconds(600)) { store.taken.count == 2 }
        #expect(store.taken == batches)
    }

    @Test func aStoreThatCannotBeWrittenForAWhileLosesNothing() async throws {
        let store = MemoryLedger(failing: [Self.locked, Self.locked])
        let batch = [try Self.report("a")]
        try await Self.run(store, [batch], pause: .seconds(600)) { store.taken.count == 1 }
        #expect(store.taken == [batch])
    }

    @Test func aDamagedStoreEndsIt() async throws {
        let store = MemoryLedger(failing: [LockstepError(.storeCorrupt, "damaged")])
        let feed = ScriptedFeed(batches: [[try Self.report("a")]])
        let worker = LedgerWorker(.init(keep: .seconds(300)), feed: feed, store: store, logger: Self.quiet)
        let error = await #expect(throws: LockstepError.self) { try await worker.run() }
        #expect(error?.code == .storeCorrupt)
        #expect(store.taken.isEmpty)
    }

    @Test func whatIsOldGoesUntilNothingIsLeft() async throws {
        let store = MemoryLedger(old: 25, failing: [Self.locked])
        try await Self.run(store) { store.purges.count >= 4 }
        #expect(store.purges.prefix(3).allSatisfy { $0.limit == 10 })
        #expect(store.purges.allSatisfy { $0.before.microseconds == 700_000_000 })
    }
}
