import Lockstep

/// Lets those who write at the same time share a transaction: its way to the disk takes as long for many as for one.
///
/// Whoever comes while nothing is being written waits for nobody. Whoever comes meanwhile is written with all others who
/// did, as soon as that is done.
actor GroupCommit<Item: Sendable, Answer: Sendable> {
    private struct Waiter {
        let item: Item
        let continuation: CheckedContinuation<Answer, any Error>
    }

    private let most: Int
    private let write: @Sendable ([Item]) async throws -> [Answer]
    private var waiters: [Waiter] = []
    private var isWriting = false

    /// How many wait for the next transaction.
    var waiting: Int { waiters.count }

    /// - Parameters:
    ///   - most: How many are written in one transaction at most.
    ///   - write: Writes all of them or none, and answers for each, in order.
    init(most: Int, _ write: @escaping @Sendable ([Item]) async throws -> [Answer]) {
        self.most = most
        self.write = write
    }

    /// Writes an item, and returns once it is on disk.
    ///
    /// A caller who is cancelled waits all the same: a commit must not end half known.
    /// - Throws: Why the transaction failed; nothing of the item was written then.
    func callAsFunction(_ item: Item) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            waiters.append(Waiter(item: item, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            // Nobody's own: whoever began it may have the answer long before the last one is written.
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiters.isEmpty {
            let group = Array(waiters.prefix(most))
            waiters.removeFirst(group.count)
            if await !write(group, isAlone: group.count == 1) {
                // One of them is to blame: each alone, so that no other is.
                for waiter in group { _ = await write([waiter], isAlone: true) }
            }
        }
        isWriting = false
    }

    /// Writes a group; false: it failed for a reason that may be one of them, and nobody was answered.
    private func write(_ group: [Waiter], isAlone: Bool) async -> Bool {
        do {
            let answers = try await write(group.map(\.item))
            precondition(answers.count == group.count, "whoever writes answers for each")
            for (waiter, answer) in zip(group, answers) { waiter.continuation.resume(returning: answer) }
        } catch {
            // A disk that is full, or a file that is locked, is so for all.
            guard isAlone || (error as? LockstepError)?.mayPass == true else { return false }
            for waiter in group { waiter.continuation.resume(throwing: error) }
        }
        return true
    }
}
