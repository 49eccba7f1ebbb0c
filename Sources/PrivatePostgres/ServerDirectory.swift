import ChildProcesses
import FoundationEssentials
import Glibc

/// The files of a private server, all below one directory.
struct ServerDirectory: Sendable {
    let root: URL
    /// Who owns them and runs the server: PostgreSQL refuses to run as root.
    let account: ProcessLaunch.Account?

    /// The longest path of a Unix socket, `sockaddr_un`, less PostgreSQL's own file name.
    private static let longestPath = 107 - "/.s.PGSQL.5432.lock".utf8.count

    init(_ root: URL) {
        self.root = root.absoluteURL.standardizedFileURL
        account = getuid() == 0 ? Self.unprivileged : nil
    }

    var data: URL { root.appending(path: "data", directoryHint: .isDirectory) }
    var log: URL { root.appending(path: "postgres.log") }
    private var lockFile: URL { data.appending(path: "postmaster.pid") }

    /// Whether `initdb` has been here.
    var isInitialized: Bool { FileManager.default.fileExists(atPath: data.appending(path: "PG_VERSION").path) }

    /// Whether the server says that it takes connections: the last line of its lock file.
    var isReady: Bool {
        let lines = ((try? String(contentsOf: lockFile, encoding: .utf8)) ?? "").split(separator: "\n")
        return lines.last?.hasPrefix("ready") == true
    }

    /// Makes the directory, for the account that runs the server.
    func prepare() throws {
        guard root.path.utf8.count <= Self.longestPath else {
            throw PrivatePostgresError(
                .system, "The path \(root.path) is too long for a Unix socket: choose one of \(Self.longestPath) bytes."
            )
        }
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        } catch {
            throw PrivatePostgresError(.system, "The directory \(root.path) could not be made: \(error).")
        }
        if let account, chown(root.path, account.user, account.group) != 0 {
            throw PrivatePostgresError(.system, "The directory \(root.path) could not be given away (errno \(errno)).")
        }
    }

    /// What an earlier server that was killed says of itself; the next one would wait for it to end.
    func forgetEarlierServer() {
        unlink(lockFile.path)
    }

    /// The last lines of the server's log.
    func logExcerpt(lines limit: Int = 12) -> String {
        ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(limit)
            .joined(separator: "\n")
    }

    /// Debian's `postgres` where its package has made that user, else `nobody`.
    private static var unprivileged: ProcessLaunch.Account {
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ProcessLaunch.Account(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        return ProcessLaunch.Account(user: 65_534, group: 65_534)
    }
}
