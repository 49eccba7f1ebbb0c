import FoundationEssentials
import Glibc
import Logging
public import PrivatePostgres
import Synchronization

/// One private PostgreSQL server for all the tests of a process.
///
/// It is started by the first test that asks for it and ended when the process ends. Tests that stop, freeze or kill a
/// server start one of their own with `withPrivatePostgres`.
public enum SharedPostgres {
    private static let prefix = "lockstep-postgres-"
    private static let start = Mutex<Task<PrivatePostgres, any Error>?>(nil)
    private static let lastNumber = Mutex(0)
    private static let leftToRemove = Mutex<(directory: URL, server: PrivatePostgres)?>(nil)

    /// The server: started now if it is not, shared with every other caller of this process.
    public static func server() async throws -> PrivatePostgres {
        let task = start.withLock { start in
            // Awaited by everybody who asks, so that a cancelled test does not take the server from the others.
            let task = start ?? Task { try await launch() }
            start = task
            return task
        }
        return try await task.value
    }

    /// Runs the closure with an empty database that is its own, and drops the database afterwards.
    ///
    /// - Parameter body: Gets the server and the database's name.
    public static func withDatabase<R>(
        _ body: (_ server: PrivatePostgres, _ database: String) async throws -> R
    ) async throws -> R {
        let server = try await server()
        let number = lastNumber.withLock { number in
            number += 1
            return number
        }
        let database = "test_\(number)"
        _ = try await server.psql("CREATE DATABASE \(database) TEMPLATE template0")
        let result: Result<R, any Error>
        do {
            result = .success(try await body(server, database))
        } catch {
            result = .failure(error)
        }
        _ = try await Task { try await server.psql("DROP DATABASE \(database) WITH (FORCE)") }.value
        return try result.get()
    }

    private static func launch() async throws -> PrivatePostgres {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: files.temporaryDirectory.path) where name.hasPrefix(prefix) {
            guard let owner = Int32(name.dropFirst(prefix.count)), kill(owner, 0) != 0, errno == ESRCH else { continue }
            try? files.removeItem(at: files.temporaryDirectory.appending(path: name))
        }
        let directory = files.temporaryDirectory.appending(path: "\(prefix)\(getpid())", directoryHint: .isDirectory)
        // A directory of an earlier process that had the same id is of no use to this one.
        try? files.removeItem(at: directory)
        // At a log level that says nothing unless something is wrong: the tests' own output is what counts.
        var logger = Logger(label: "shared-postgres")
        logger.logLevel = .warning
        let server = try await PrivatePostgres.start(PrivatePostgresConfiguration(directory: directory), logger: logger)
        removeAtExit(directory, of: server)
        return server
    }

    /// Ends the server and removes its directory when the process exits.
    private static func removeAtExit(_ directory: URL, of server: PrivatePostgres) {
        leftToRemove.withLock { $0 = (directory, server) }
        atexit {
            guard let (directory, server) = SharedPostgres.leftToRemove.withLock({ $0 }) else { return }
            // An immediate shutdown: unlike a kill it gives the shared memory back.
            if let process = server.processID { ExitCleanup.end(process, by: SIGQUIT) }
            try? FileManager.default.removeItem(at: directory)
        }
    }
}
