public import Lockstep
import Synchronization

extension SQLiteOutbox {
    /// How long to wait between the looks that follow a signal, the first after nothing.
    ///
    /// A write to the log is heard before its commit can be read: the log is synced in between. A commit is found at
    /// most as long again after it as the sync took.
    private static let pauses: [Duration] =
        [0, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 4, 4, 8, 8, 16, 16, 32, 64, 128, 256, 512].map { .milliseconds($0) }

    public func waitForRows() async throws(LockstepError) {
        let session = try current()
        session.watch.listen()
        defer { session.watch.rest() }
        while !Task.isCancelled {
            // Without a signal there is nothing to look for again and again.
            guard await bell.wait(orForWrite: true, atMost: settings.safetyLook) else { return }
            var pauses = Self.pauses[...]
            while !Task.isCancelled, let pause = pauses.popFirst() {
                if pause > .zero { _ = await bell.wait(orForWrite: false, atMost: pause) }
                // Another write: what it is part of is not committed yet, either.
                if bell.takeWrite() { pauses = Self.pauses.dropFirst(3) }
                if try await hasRows(session) { return }
            }
        }
    }

    private func hasRows(_ session: OutboxSession) async throws(LockstepError) -> Bool {
        let cursor = session.claims.withLock { $0.cursor }
        do throws(LockstepError) {
            return try await session.database.read { db in try OutboxTable(db: db).waits(after: cursor) }
        } catch  where error.code == .storeUnavailable {
            // The commit that woke us holds the lock.
            return false
        }
    }
}
