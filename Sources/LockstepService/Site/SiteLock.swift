import FoundationEssentials
import Glibc
import Lockstep

/// Lets one process at a time run a state directory's site; the lock goes with the process that holds it.
final class SiteLock: Sendable {
    private let lock: FileLock

    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable` where another process holds it.
    init(_ state: URL) throws {
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let file = state.appending(path: "up.lock").path
        lock = try FileLock(file)
        guard lock.take() else {
            let holder = try? String(contentsOfFile: file, encoding: .utf8)
            let process = holder.flatMap { Int($0.filter { !$0.isNewline }) }.map { " (process \($0))" } ?? ""
            throw LockstepError(
                .storeUnavailable,
                "'lockstep up' runs on '\(state.path)' already\(process); stop that one first, or name another directory "
                    + "with --state.")
        }
        lock.write("\(getpid())\n")
    }
}
