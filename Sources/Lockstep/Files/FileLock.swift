import Glibc

/// An exclusive lock on a file, which goes with the process that holds it (`flock(2)`).
///
/// SQLite does not use it, and closing other descriptors does not let go of it.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens the file, or makes it; nothing is locked yet.
    ///
    /// - Parameters:
    ///   - mode: Who may open it, where it is made.
    ///   - place: What its account is to write to, for whoever reads the error.
    /// - Throws: `storeUnavailable` where that is not possible.
    package init(_ file: String, mode: UInt32 = 0o644, in place: String = "the directory") throws(LockstepError) {
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw LockstepError(
                .storeUnavailable,
                "the file '\(file)' cannot be opened (\(String(cString: strerror(errno)))); let this account write to "
                    + place)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Takes it, unless somebody else has it.
    package func take() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Lets go of it; so does its end.
    package func release() { flock(descriptor, LOCK_UN) }

    /// Puts a text into the file in the place of what it holds.
    package func write(_ text: String) {
        ftruncate(descriptor, 0)
        var text = text
        _ = text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
}
