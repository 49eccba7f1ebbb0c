import Lockstep
import LockstepSQLite

/// Writes together what comes while the replica is being written: one commit for many requests, and none waits for more
/// to come.
actor ReceiverBatch {
    /// What a request brought.
    struct Item: Sendable {
        let event: Event
        /// The event as a record's state, where it is one.
        let posted: PostedRecord?
    }

    typealias Outcome = Result<Acceptance, LockstepError>

    /// What becomes of a request that had to wait.
    private enum Turn {
        case done(Outcome)
        /// It writes the next batch: all that waits by then, and itself.
        case write
    }

    private let replica: SQLiteReplica
    private var waiting: [(item: Item, turn: CheckedContinuation<Turn, Never>)] = []
    private var isWriting = false

    init(_ replica: SQLiteReplica) {
        self.replica = replica
    }

    /// Takes an item in; it is on disk when this returns.
    func take(_ item: Item) async throws(LockstepError) -> Acceptance {
        if isWriting {
            let turn = await withCheckedContinuation { waiting.append((item, $0)) }
            if case .done(let outcome) = turn { return try outcome.get() }
        }
        isWriting = true
        let others = waiting
        waiting = []
        let outcomes = await write([item] + others.map(\.item))
        for (other, outcome) in zip(others, outcomes.dropFirst()) { other.turn.resume(returning: .done(outcome)) }
        if waiting.isEmpty {
            isWriting = false
        } else {
            waiting.removeFirst().turn.resume(returning: .write)
        }
        return try outcomes[0].get()
    }

    private func write(_ items: [Item]) async -> [Outcome] {
        do throws(LockstepError) {
            var states = try await replica.keep(items.compactMap(\.posted)).makeIterator()
            var events = try await replica.merge(items.filter { $0.posted == nil }.map { Arrival($0.event) })
                .makeIterator()
            return items.map { item in
                guard let acceptance = item.posted == nil ? events.next() : states.next() else {
                    preconditionFailure("a replica answers for every item")
                }
                return .success(acceptance)
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }
}
