import FoundationEssentials
import Glibc
import Lockstep

/// Lets one process at a time run a state directory's site; the lock goes with the process that holds it (`flock(2)`).
final class SiteLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``Lockstep/LockstepError`` with the code `storeUnavailable` where another process holds it.
    init(_ state: URL) throws {
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let file = state.appending(path: "up.lock").path
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw LockstepError(
                .storeUnavailable,
                "The file '\(file)' cannot be opened (\(String(cString: strerror(errno)))); let this account write to the "
                    + "directory.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = try? String(contentsOfFile: file, encoding: .utf8)
            let process = holder.flatMap { Int($0.filter { !$0.isNewline }) }.map { " (process \($0))" } ?? ""
            throw LockstepError(
                .storeUnavailable,
                "'lockstep up' runs on '\(state.path)' already\(process); stop that one first, or name another directory "
                    + "with --state.")
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.utf8.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit {
        close(descriptor)
    }
}
