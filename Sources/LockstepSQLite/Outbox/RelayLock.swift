import Glibc
import Lockstep

/// The right to be an outbox's relay: a lock on a file beside the database, which goes with the process that holds it.
///
/// `flock(2)`: SQLite does not use it, and closing other descriptors does not let go of it.
struct RelayLock: ~Copyable {
    private let descriptor: Int32

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
        let file = Self.file(beside: path)
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LockstepError(
                .storeUnavailable,
                "the file '\(file)' cannot be opened (\(String(cString: strerror(errno)))); let this account write to "
                    + "the directory of the outbox"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
