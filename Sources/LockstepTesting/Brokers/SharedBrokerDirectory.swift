import FoundationEssentials
import Glibc
import PrivateBroker
import Synchronization

/// Where the shared broker keeps its files: one directory per process, removed when the process ends.
enum SharedBrokerDirectory {
    private static let prefix = "lockstep-shared-broker-"
    private static let leftToRemove = Mutex<(directory: URL, broker: PrivateBroker)?>(nil)

    /// Makes this process's directory, and removes those of processes that ended too abruptly to do so themselves.
    static func make() throws -> URL {
        let files = FileManager.default
        let temporary = files.temporaryDirectory
        for name in try files.contentsOfDirectory(atPath: temporary.path) where name.hasPrefix(prefix) {
            guard let owner = Int32(name.dropFirst(prefix.count)), kill(owner, 0) != 0, errno == ESRCH else { continue }
            try? files.removeItem(at: temporary.appending(path: name))
        }
        let directory = temporary.appending(path: "\(prefix)\(getpid())", directoryHint: .isDirectory)
        // A directory of an earlier process that had the same id is of no use to this one.
        try? files.removeItem(at: directory)
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    /// Ends the broker and removes its directory when the process exits.
    ///
    /// The broker dies with the process anyway; its files would stay.
    static func removeAtExit(_ directory: URL, of broker: PrivateBroker) {
        leftToRemove.withLock { $0 = (directory, broker) }
        atexit {
            guard let (directory, broker) = SharedBrokerDirectory.leftToRemove.withLock({ $0 }) else { return }
            if let process = broker.processID { ExitCleanup.end(process, by: SIGKILL) }
            try? FileManager.default.removeItem(at: directory)
        }
    }
}
