import Glibc
import Lockstep

/// Lets one connection at a time write to a file, its checkpoint included, whichever process it is of.
///
/// SQLite lets one write at a time by itself. But before 3.51.3 a connection that checkpoints a log while another one
/// begins it anew can damage the file; so here both wait for each other. `flock(2)` on a file beside the database: the
/// lock goes with the process that holds it.
final class WriterLock: Sendable {
    private let descriptor: Int32
    private let path: String
    private let patience: Duration

    /// - Parameters:
    ///   - path: The database.
    ///   - patience: How long to wait for another writer.
    /// - Throws: `storeUnavailable` where the file cannot be made.
    init(beside path: String, patience: Duration) throws(LockstepError) {
        let file = path + "-writer"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LockstepError(
                .storeUnavailable,
                "the file '\(file)' cannot be opened (\(String(cString: strerror(errno)))); let this account write to "
                    + "the directory and to the file"
            )
        }
        self.path = path
        self.patience = patience
    }

    deinit {
        close(descriptor)
    }

    /// Runs the body while nobody else writes.
    ///
    /// - Throws: `storeUnavailable` where another writer does not let go, or what the body throws.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        try take()
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }

    private func take() throws(LockstepError) {
        let start = ContinuousClock.now
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
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
