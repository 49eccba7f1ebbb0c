public import Lockstep
import Synchronization

/// An outbox in memory: rows are appended by a test, and what a relay asks for can be made to fail.
public final class MemoryOutbox: OutboxStore {
    fileprivate struct State {
        var rows: [OutboxEntry] = []
        var results: [OutboxPosition: OutboxResult] = [:]
        var claimed: Set<OutboxPosition> = []
        var isTaken = false
        var failures: [LockstepError] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
        var hasNews = false
        var transactions = 0
        var released = 0
    }

    private let state = Mutex(State())

    /// An outbox without rows.
    public init() {}

    /// Appends a row, as a commit of the core app's does.
    public func append(_ event: Result<Event, LockstepError>, size: Int = 100) {
        let waiters = state.withLock { state in
            let position = OutboxPosition(Int64(state.rows.count + 1))
            state.rows.append(OutboxEntry(position: position, event: event, size: size))
            return state.wake()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Has the next calls of the relay fail, each with one of these.
    public func fail(with errors: [LockstepError]) {
        state.withLock { $0.failures += errors }
    }

    /// What became of each row, in order; nil: nothing yet.
    public var results: [OutboxResult?] {
        state.withLock { state in state.rows.map { state.results[$0.position] } }
    }

    /// How many rows a relay has in hand.
    public var claimed: Int { state.withLock { $0.claimed.count } }

    /// How many rows a relay has given back.
    public var released: Int { state.withLock { $0.released } }

    /// How many settlements there were.
    public var transactions: Int { state.withLock { $0.transactions } }

    public func begin(standingBy: @Sendable () -> Void) async throws {
        try failIfAsked()
        state.withLock { $0.isTaken = true }
    }

    public func end() async {
        state.withLock { state in
            state.isTaken = false
            state.claimed = []
        }
    }

    public func claim(atMost count: Int, bytes: Int) async throws(LockstepError) -> [OutboxEntry] {
        try failIfAsked()
        return state.withLock { state in
            state.hasNews = false
            let free = state.rows.filter { state.results[$0.position] == nil && !state.claimed.contains($0.position) }
            state.claimed.formUnion(free.prefix(count).map(\.position))
            return Array(free.prefix(count))
        }
    }

    public func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError) {
        try failIfAsked()
        state.withLock { state in
            state.transactions += 1
            for settlement in settlements {
                state.results[settlement.position] = settlement.result
                state.claimed.remove(settlement.position)
            }
        }
    }

    public func release(_ positions: [OutboxPosition]) async throws(LockstepError) {
        state.withLock { state in
            state.claimed.subtract(positions)
            state.released += positions.count
        }
    }

    public func purge(sentBefore moment: Timestamp, atMost count: Int) async throws(LockstepError) -> Int { 0 }

    public func waitForRows() async throws(LockstepError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let mustWait = state.withLock { state in
                    guard !state.hasNews, !Task.isCancelled else { return false }
                    state.waiters.append(waiter)
                    return true
                }
                if !mustWait { waiter.resume() }
            }
        } onCancel: {
            for waiter in state.withLock({ $0.wake() }) { waiter.resume() }
        }
    }

    public func status() async throws(LockstepError) -> OutboxStatus {
        let results = results
        return OutboxStatus(
            waiting: results.count { $0 == nil },
            oldestWaiting: nil,
            sent: results.count { $0 == .sent },
            unrouted: results.count { $0 == .unrouted },
            refused: results.count { if case .refused = $0 { true } else { false } }
        )
    }

    private func failIfAsked() throws(LockstepError) {
        let failure = state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
        if let failure { throw failure }
    }
}

extension MemoryOutbox.State {
    fileprivate mutating func wake() -> [CheckedContinuation<Void, Never>] {
        hasNews = true
        defer { waiters = [] }
        return waiters
    }
}
