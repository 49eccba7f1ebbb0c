import Glibc
import Lockstep

/// Lets one connection at a time write to a file, its checkpoint included, whichever process it is of.
///
/// SQLite lets one write at a time by itself. But before 3.51.3 a connection that checkpoints a log while another one
/// begins it anew can damage the file; so here both wait for each other, by a lock on a file beside the database.
final class WriterLock: Sendable {
    private let lock: FileLock
    private let path: String
    private let patience: Duration

    /// - Parameters:
    ///   - path: The database.
    ///   - patience: How long to wait for another writer.
    /// - Throws: `storeUnavailable` where the file cannot be made.
    init(beside path: String, patience: Duration) throws(LockstepError) {
        lock = try FileLock(path + "-writer", in: "the directory and to the file")
        self.path = path
        self.patience = patience
    }

    /// Runs the body while nobody else writes.
    ///
    /// - Throws: `storeUnavailable` where another writer does not let go, or what the body throws.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        try take()
        defer { lock.release() }
        return try body()
    }

    private func take() throws(LockstepError) {
        let start = ContinuousClock.now
        while !lock.take() {
            guard ContinuousClock.now - start < patience else {
                throw LockstepError(
                    .storeUnavailable,
                    "the replica '\(path)' is being written by another process; it goes on when that one lets go of it")
            }
            // Another one holds it for as long as a commit takes: some hundred microseconds, or a few milliseconds.
            usleep(300)
        }
    }
}
