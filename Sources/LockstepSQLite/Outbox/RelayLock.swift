import Glibc
import Lockstep

/// The right to be an outbox's relay: a lock on a file beside the database.
struct RelayLock: ~Copyable {
    private let lock: FileLock

    /// The file.
    static func file(beside path: String) -> String { path + "-relay" }

    /// Sets the file's times, of which a relay that watches it hears.
    ///
    /// Where that fails, the relay looks by itself, some seconds later.
    static func touch(beside path: String) {
        let descriptor = open(file(beside: path), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        futimens(descriptor, nil)
        close(descriptor)
    }

    /// Takes the lock; nil: another relay has it.
    ///
    /// - Throws: `storeUnavailable` where the file cannot be made.
    init?(beside path: String) throws(LockstepError) {
        let lock = try FileLock(Self.file(beside: path), in: "the directory of the outbox")
        guard lock.take() else { return nil }
        self.lock = lock
    }
}
