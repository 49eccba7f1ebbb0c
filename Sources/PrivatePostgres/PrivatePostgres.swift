import ChildProcesses
public import FoundationEssentials
import Glibc
public import Logging
import Synchronization

/// A PostgreSQL server of one's own: reached by a Unix socket only, owned, and ended with its owner.
///
/// It needs Debian's `postgresql` package, whose own cluster may be running or not: nothing is shared with it. Where
/// root starts it, it runs as `postgres` or `nobody`, since PostgreSQL refuses to run as root.
///
/// ```swift
/// try await withPrivatePostgres(.init(directory: directory)) { server in
///     print(try await server.psql("SELECT version()"))
/// }
/// ```
public actor PrivatePostgres {
    /// How the server was set up.
    public nonisolated let configuration: PrivatePostgresConfiguration
    private nonisolated let directory: ServerDirectory
    private nonisolated let programs: ServerPrograms
    private nonisolated let logger: Logger
    private nonisolated let currentProcessID = Mutex<Int32?>(nil)
    private var running: ChildProcess?

    private init(_ configuration: PrivatePostgresConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        directory = ServerDirectory(configuration.directory)
        programs = try ServerPrograms(configuration.programs, directory)
    }

    /// Starts a server and waits until it takes connections.
    ///
    /// A directory that has been used before keeps its data.
    ///
    /// - Throws: ``PrivatePostgresError`` when PostgreSQL is not installed, or the server ends or is not ready in time.
    ///   Nothing is left running then.
    public static func start(
        _ configuration: PrivatePostgresConfiguration,
        logger: Logger = Logger(label: "private-postgres")
    ) async throws -> PrivatePostgres {
        let server = try PrivatePostgres(configuration, logger: logger)
        try await server.launch()
        return server
    }

    /// Where libpq and what is built on it connect, as the user `postgres`: a connection string without a database.
    public nonisolated var connectionString: String { connectionString(database: "postgres") }

    /// Where libpq and what is built on it connect, as the user `postgres`.
    public nonisolated func connectionString(database: String) -> String {
        "host='\(directory.root.path)' port=5432 user=postgres dbname='\(database)'"
    }

    /// The server's process id while it runs; another one after each restart.
    public nonisolated var processID: Int32? { currentProcessID.withLock { $0 } }

    /// Where the server's log is.
    public nonisolated var logFile: URL { directory.log }

    /// Runs SQL with PostgreSQL's own `psql`, and returns what it printed: rows without headings, `|` between columns.
    ///
    /// - Throws: ``PrivatePostgresError`` with the server's words; the first error ends the run.
    public nonisolated func psql(
        _ sql: String, database: String = "postgres", within limit: Duration = .seconds(60)
    ) async throws -> String {
        try await programs.run(
            "psql",
            [
                "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
                "--dbname", connectionString(database: database), "--command", sql,
            ],
            within: limit
        )
    }

    /// Ends the server in good order: connections are ended, what is under way is undone (a fast shutdown).
    ///
    /// Past the stop time-out it is killed. Does nothing when the server does not run.
    public func stop() async throws {
        try await end(with: SIGINT, within: configuration.stopTimeout)
    }

    /// Kills the server with SIGKILL, as a crash would, and waits until it and its processes are gone.
    public func kill() async throws {
        try await end(with: SIGKILL, within: .seconds(30))
    }

    /// Starts the server again on the same data; stops it first if it runs.
    public func restart() async throws {
        try await stop()
        try await launch()
    }

    /// Stops the server and its processes where they stand (SIGSTOP): its sockets stay open, and nobody answers.
    ///
    /// A test process that is killed while its server is frozen leaves the frozen processes behind.
    public func freeze() async throws {
        let processes = try processes()
        // Again until all stand still: a process may have been made between the looks.
        for _ in 0..<500 where !processes.areStopped {
            processes.signal(SIGSTOP)
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Lets a frozen server go on (SIGCONT).
    public func thaw() throws {
        try processes().signal(SIGCONT)
    }

    private func processes() throws -> ServerProcesses {
        guard let running, running.exit == nil else {
            throw PrivatePostgresError(
                .notRunning, "The server in \(directory.root.path) does not run: restart it first.")
        }
        return ServerProcesses(server: running.pid)
    }

    private func launch() async throws {
        try directory.prepare()
        if !directory.isInitialized {
            _ = try await programs.run(
                "initdb",
                [
                    "--pgdata", directory.data.path, "--username", "postgres", "--auth", "trust",
                    "--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions",
                ],
                within: configuration.startTimeout
            )
        }
        directory.forgetEarlierServer()
        let server = try programs.start("postgres", arguments, output: directory.log)
        running = server
        currentProcessID.withLock { $0 = server.pid }
        do {
            try await waitUntilReady(server)
        } catch {
            try? await kill()
            throw error
        }
        logger.info("private PostgreSQL ready", metadata: ["pid": "\(server.pid)"])
    }

    private var arguments: [String] {
        var settings = [
            "listen_addresses": "", "unix_socket_directories": directory.root.path, "unix_socket_permissions": "0700",
            "fsync": configuration.isDurable ? "on" : "off", "logging_collector": "off", "shared_buffers": "64MB",
            "max_connections": "200", "log_timezone": "UTC", "timezone": "UTC",
        ]
        settings.merge(configuration.settings) { _, own in own }
        return ["-D", directory.data.path, "-p", "5432"]
            + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private func waitUntilReady(_ server: ChildProcess) async throws {
        let deadline = ContinuousClock.now + configuration.startTimeout
        while !directory.isReady {
            if let exit = server.exit {
                throw PrivatePostgresError(
                    .serverDied,
                    "PostgreSQL ended before it was ready (\(exit)). From its log:\n\(directory.logExcerpt())")
            }
            guard ContinuousClock.now < deadline else {
                throw PrivatePostgresError(
                    .startTimedOut,
                    "PostgreSQL was not ready after \(configuration.startTimeout) and was stopped. From its log:\n"
                        + directory.logExcerpt())
            }
            // A process outside tells nothing while it starts: looking again and again is the only way.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Cancellation does not reach in here: a server that is half ended would be left to nobody.
    private func end(with signal: Int32, within limit: Duration) async throws {
        guard let server = running else { return }
        let processes = ServerProcesses(server: server.pid)
        let children = processes.children
        await Task {
            processes.signal(SIGCONT)
            server.signal(signal)
            if await server.ended(within: limit) == nil {
                server.signal(SIGKILL)
                _ = await server.ended()
            }
            // They end by themselves when the server is gone, and the next server must not meet them.
            let deadline = ContinuousClock.now + .seconds(10)
            while children.contains(where: { Glibc.kill($0, 0) == 0 }), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(2))
            }
        }.value
        guard running === server else { return }
        running = nil
        currentProcessID.withLock { $0 = nil }
    }
}
