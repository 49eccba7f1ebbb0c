import GRDB
import Lockstep
import Synchronization

/// One connection to one database file; its errors are Lockstep's.
///
/// Work runs on the connection's own dispatch queue, one piece after the other, so that a disk or another process that
/// keeps it waiting holds up nobody else. Cancelling a task does not interrupt it: a commit must not end half known.
final class StoreDatabase: Sendable {
    let path: String
    let kind: StoreKind
    private let queue: DatabaseQueue
    /// Held while something is written, where other processes write, too.
    private let lock: WriterLock?
    /// Where the journal is a log.
    private let gathering: LogGathering?
    var writer: any DatabaseWriter { queue }
    private let failure = Mutex<LockstepError?>(nil)

    init(
        path: String, kind: StoreKind, queue: DatabaseQueue, lock: WriterLock? = nil, gathering: LogGathering? = nil
    ) {
        self.gathering = gathering
        self.path = path
        self.kind = kind
        self.queue = queue
        self.lock = lock
    }

    /// Runs the body in a transaction that takes the write lock at once (`BEGIN IMMEDIATE`), and commits.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LockstepError) -> Value {
        try await write(body) { _, value in value }
    }

    /// The same; right after the commit, and before anything else is done on this connection, it runs `finish`.
    func write<Value, Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value,
        committed finish: @escaping @Sendable (Database, Value) throws -> Result
    ) async throws(LockstepError) -> Result {
        try await perform { db in
            try self.exclusively {
                try finish(db, try self.commit(body, in: db))
            }
        }
    }

    private func commit<Value>(_ body: (Database) throws -> Value, in db: Database) throws -> Value {
        var value: Value?
        defer { gathering?.end() }
        try db.inTransaction(.immediate) {
            value = try body(db)
            gathering?.begin(db)
            return .commit
        }
        guard let value = value.take() else { preconditionFailure("a transaction that committed has run its body") }
        return value
    }

    /// Runs the body while no other process writes; where only one does anyway, at once.
    func exclusively<Value>(_ body: () throws -> Value) throws -> Value {
        guard let lock else { return try body() }
        return try lock.hold(body)
    }

    /// Runs the body on one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LockstepError) -> Value {
        try await perform { db in
            var value: Value?
            try db.inTransaction(.deferred) {
                value = try body(db)
                return .commit
            }
            guard let value else { preconditionFailure("a transaction that committed has run its body") }
            return value
        }
    }

    /// Runs the body while the caller waits; for opening only.
    func setUp<Value>(_ body: (Database) throws -> Value) throws(LockstepError) -> Value {
        do {
            return try queue.inDatabase(body)
        } catch {
            throw translate(error)
        }
    }

    /// Runs the body, which writes, while the caller waits; for opening only.
    func setUpWriting<Value>(_ body: (Database) throws -> Value) throws(LockstepError) -> Value {
        try setUp { db in try exclusively { try body(db) } }
    }

    /// Closes the file; whoever comes later gets `storeUnavailable`.
    func close() throws(LockstepError) {
        do {
            try queue.close()
        } catch {
            throw translate(error)
        }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LockstepError) -> Value {
        let result: Result<Value, LockstepError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: self.result(of: body, in: db))
            }
        }
        return try result.get()
    }

    /// Once a file has failed, nothing is tried on it any more: after a failed fsync the system may say that a later
    /// one succeeded although pages never reached the disk.
    private func result<Value>(
        of body: (Database) throws -> Value,
        in db: Database
    ) -> Result<Value, LockstepError> {
        if let failure = failure.withLock({ $0 }) { return .failure(failure) }
        do {
            return .success(try body(db))
        } catch {
            let error = translate(error)
            if error.code == .storeFailed { failure.withLock { $0 = error } }
            return .failure(error)
        }
    }

    private func translate(_ error: any Error) -> LockstepError {
        if let error = error as? LockstepError { return error }
        return LockstepError(kind, at: path, error)
    }
}
