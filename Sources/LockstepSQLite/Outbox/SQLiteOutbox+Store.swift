public import Lockstep
import Synchronization

extension SQLiteOutbox: OutboxStore {
    /// How often a relay that stands by looks whether the other one is gone.
    private static let standByPause = Duration.milliseconds(500)

    public func begin(standingBy: @Sendable () -> Void) async throws {
        var lock = try RelayLock(beside: path)
        if lock == nil { standingBy() }
        while lock == nil {
            try await Task.sleep(for: Self.standByPause)
            lock = try RelayLock(beside: path)
        }
        guard let lock else { preconditionFailure("the loop ends with the lock") }
        if let replica = settings.replica {
            let bell = bell
            let watch = try FileWatch(forTouchesOf: RelayLock.file(beside: path)) { bell.ring() }
            let session = OutboxSession(lock: lock, database: replica, watch: watch, closesDatabase: false)
            return self.session.withLock { $0 = session }
        }
        let database = try StoreDatabase.openExisting(path, kind: .outbox, busyTimeout: settings.busyTimeout)
        let release = try database.setUp { db in try OutboxTable(db: db).release() }
        guard let release else { throw Self.missing(path) }
        guard release <= OutboxSchema.release else { throw Self.tooNew(path) }
        let bell = bell
        let watch = try FileWatch(path) { bell.ringForWrite() }
        let session = OutboxSession(lock: lock, database: database, watch: watch, closesDatabase: true)
        self.session.withLock { $0 = session }
    }

    public func end() async {
        let session = session.withLock { session in
            defer { session = nil }
            return session
        }
        session?.close()
    }

    public func claim(atMost count: Int, bytes: Int) async throws(LockstepError) -> [OutboxEntry] {
        let session = try current()
        let largest = settings.schema.maximumEventSize
        // What was committed until now is found below.
        bell.forgetCommits()
        let (cursor, claimed) = session.claims.withLock { ($0.cursor, $0.claimed) }
        let entries = try await session.database.read { db in
            let table = OutboxTable(db: db)
            let next = try table.waiting(after: cursor, atMost: count, bytes: bytes, but: claimed, largest: largest)
            guard next.isEmpty, cursor > 0 else { return next }
            // Perhaps a person has put back what was refused.
            return try table.waiting(after: 0, atMost: count, bytes: bytes, but: claimed, largest: largest)
        }
        session.claims.withLock { $0.insert(entries) }
        return entries
    }

    public func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError) {
        let session = try current()
        let now = settings.clock.now
        let runs = OutboxRun.all(of: settlements)
        try await session.database.write { db in try OutboxTable(db: db).settle(runs, at: now) }
        session.claims.withLock { $0.remove(settlements.map(\.position)) }
    }

    public func release(_ positions: [OutboxPosition]) async throws(LockstepError) {
        try current().claims.withLock { $0.release(positions) }
    }

    public func purge(sentBefore moment: Timestamp, atMost count: Int) async throws(LockstepError) -> Int {
        let database = try current().database
        // Most often there is nothing: that is seen without the write lock.
        let isDue = try await database.read { db in try OutboxTable(db: db).hasSettled(before: moment) }
        guard isDue else { return 0 }
        return try await database.write { db in try OutboxTable(db: db).purge(settledBefore: moment, atMost: count) }
    }

    public func status() async throws(LockstepError) -> OutboxStatus {
        if let database = session.withLock({ $0?.database }) ?? settings.replica {
            return try await database.read { db in try OutboxTable(db: db).status() }
        }
        let database = try StoreDatabase.openExisting(path, kind: .outbox, busyTimeout: settings.busyTimeout)
        defer { try? database.close() }
        return try database.setUp { db in
            guard try OutboxTable(db: db).release() != nil else { throw Self.missing(path) }
            return try OutboxTable(db: db).status()
        }
    }

    func current() throws(LockstepError) -> OutboxSession {
        guard let session = session.withLock({ $0 }) else {
            throw LockstepError(.storeUnavailable, "the relay of the outbox '\(path)' has ended")
        }
        return session
    }
}
