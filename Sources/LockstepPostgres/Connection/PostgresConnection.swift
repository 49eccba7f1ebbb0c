import EventThread
import Lockstep
import Logging

/// A connection to PostgreSQL over all its lives: the actor that is the connection's thread.
///
/// It connects when it is first used, and again when it is used after it was lost: one statement at a time, in the
/// order of the calls. What it waits for it waits for in `poll(2)`.
actor PostgresConnection {
    /// One life of the connection: what the server keeps for a session is gone with it.
    struct Session: Sendable, Hashable {
        fileprivate let number: Int
    }

    let configuration: PostgresConfiguration
    private let purpose: String
    /// Statements that each new session begins with.
    private let setUp: String
    private let logger: Logger
    nonisolated let thread: EventThread

    private var handle: PostgresHandle?
    private var lives = 0
    private var pace: ReconnectPace
    private var turnstile = Turnstile()
    /// How many notifications have ever arrived, and how often some may have been missed.
    private var signals = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// A connection that is not made yet.
    ///
    /// - Parameters:
    ///   - purpose: A word for `pg_stat_activity` and for the thread's name.
    ///   - setUp: A script that each session begins with.
    init(_ configuration: PostgresConfiguration, purpose: String, setUp: String = "", logger: Logger) {
        self.configuration = configuration
        self.purpose = purpose
        self.setUp = setUp
        var logger = logger
        logger[metadataKey: LogKey.connection] = "\(purpose)"
        self.logger = logger
        thread = EventThread(name: "pg-\(purpose)")
        pace = ReconnectPace(configuration.reconnect)
    }

    /// Connects if need be, and returns which session it is.
    func session() async throws(LockstepError) -> Session {
        await enter()
        defer { turnstile.leave() }
        try await connectIfNeeded()
        return Session(number: lives)
    }

    /// Runs one statement, and connects before if need be.
    ///
    /// - Parameters:
    ///   - session: Where it is given the statement runs in that session or not at all.
    ///   - isBinary: Whether the rows come as the server has them, which is less work for both sides.
    /// - Throws: ``/Lockstep/LockstepError``; where the connection was lost nobody knows whether the statement took effect.
    func query(
        _ statement: String, _ parameters: [String?] = [], in session: Session? = nil, isBinary: Bool = false
    ) async throws(LockstepError) -> PostgresRows {
        await enter()
        defer { turnstile.leave() }
        if let session, session.number != lives || handle == nil {
            throw .disconnected("with all that its session held")
        }
        try await connectIfNeeded(isOtherSessionFine: session == nil)
        let deadline = statementDeadline
        guard handle?.send(statement, parameters, isBinary: isBinary) == true else { throw lose() }
        return try await finish(until: deadline)
    }

    /// Runs statements one after the other; those that change something belong between `BEGIN` and `COMMIT`.
    func run(script: String) async throws(LockstepError) {
        await enter()
        defer { turnstile.leave() }
        try await connectIfNeeded()
        try await perform(script: script)
    }

    /// How many signals there have been; for ``waitForSignal(after:until:)``.
    var signalCount: Int { signals }

    /// Ends a wait for a signal.
    func signal() {
        signals += 1
        thread.interrupt()
    }

    /// Waits for a notification, or for what may have missed one: a new session.
    ///
    /// Returns also when the deadline passes or the task is cancelled.
    func waitForSignal(after count: Int, until deadline: ContinuousClock.Instant) async throws(LockstepError) {
        await enter()
        defer { turnstile.leave() }
        let thread = thread
        let failure = await withTaskCancellationHandler {
            await self.listen(after: count, until: deadline)
        } onCancel: {
            thread.interrupt()
        }
        if let failure { throw failure }
    }

    private func listen(after count: Int, until deadline: ContinuousClock.Instant) async -> LockstepError? {
        do throws(LockstepError) {
            try await connectIfNeeded()
            while true {
                // What has been read already does not show at the socket.
                signals += handle?.takeNotifications() ?? 0
                guard signals == count, !Task.isCancelled, ContinuousClock.now < deadline,
                    let descriptor = handle?.descriptor
                else { break }
                _ = await thread.activity(on: descriptor, until: deadline)
                guard handle?.consume() == true else { throw lose() }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Ends this life: what the session held is let go.
    func close() async {
        await enter()
        defer { turnstile.leave() }
        handle = nil
    }

    private func enter() async {
        if turnstile.takeIfFree() { return }
        await withUnsafeContinuation { turnstile.add($0) }
    }
}

extension PostgresConnection {
    /// The server ends statements by itself; this much later the connection counts as lost.
    private static let grace = Duration.seconds(2)

    /// The oldest server whose settings and functions are all there.
    private static let oldestServer: Int32 = 140_000

    private var statementDeadline: ContinuousClock.Instant { .now + configuration.statementTimeout + Self.grace }

    /// Makes a session where there is none, or where the last one turns out to be over.
    private func connectIfNeeded(isOtherSessionFine: Bool = true) async throws(LockstepError) {
        if handle != nil {
            // What the server said when it ended an idle session stands there to be read.
            guard handle?.consume() != true else { return }
            let error = lose()
            guard isOtherSessionFine else { throw error }
        }
        if let moment = pace.notBefore {
            while ContinuousClock.now < moment, !Task.isCancelled {
                _ = await thread.activity(on: -1, until: moment)
            }
        }
        do throws(LockstepError) {
            try await connect()
            pace.succeeded()
        } catch {
            handle = nil
            pace.failed(at: .now)
            logger.debug("The database is not connected", metadata: [LogKey.error: "\(error.message)"])
            throw error
        }
    }

    private func connect() async throws(LockstepError) {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        handle = try PostgresHandle(configuration, purpose: purpose)
        var progress = PostgresHandle.Progress.wantsToWrite
        while progress != .connected {
            let descriptor = handle?.descriptor ?? -1
            if progress != .failed, descriptor >= 0 {
                let isReady =
                    progress == .wantsToRead
                    ? await thread.activity(on: descriptor, until: deadline) != .timedOut
                    : Writability.wait(on: descriptor, until: deadline)
                guard isReady || ContinuousClock.now < deadline else {
                    throw LockstepError(
                        .storeUnavailable,
                        "the database did not answer within \(configuration.connectTimeout); it is tried again")
                }
                if progress == .wantsToRead || isReady { progress = handle?.connect() ?? .failed }
            } else {
                throw refusal()
            }
        }
        guard let version = handle?.serverVersion, version >= Self.oldestServer else {
            throw LockstepError(.invalidConfiguration, "the database server is older than PostgreSQL 14")
        }
        let milliseconds = max(1, Int64(configuration.statementTimeout / .milliseconds(1)))
        // The server finds out within seconds that nobody waits any more, and undoes what it was doing.
        try await perform(
            script: """
                SET statement_timeout = \(milliseconds); SET client_connection_check_interval = 2000;
                SET client_min_messages = error; \(setUp)
                """)
        lives += 1
        signals += 1
        logger.debug("Connected to the database", metadata: [LogKey.server: "\(version)"])
    }

    /// Why connecting failed; what no retry mends is said by the words alone, since libpq keeps no SQLSTATE of it.
    private func refusal() -> LockstepError {
        let words = handle?.errorMessage ?? ""
        let isFinal =
            handle?.lacksPassword == true || words.contains("authentication failed")
            || words.contains("does not exist") && words.contains("FATAL")
        return LockstepError(
            isFinal ? .invalidConfiguration : .storeUnavailable,
            "the database is not connected: \(words.isEmpty ? "no reason was given" : words)")
    }

    private func perform(script: String) async throws(LockstepError) {
        let deadline = statementDeadline
        guard handle?.send(script: script) == true else { throw lose() }
        _ = try await finish(until: deadline)
    }

    /// Sends what is queued and takes its results; returns the last.
    private func finish(until deadline: ContinuousClock.Instant) async throws(LockstepError) -> PostgresRows {
        try flush(until: deadline)
        var rows = PostgresRows()
        var failure: LockstepError?
        while true {
            while handle?.isBusy == true {
                guard ContinuousClock.now < deadline, let descriptor = handle?.descriptor, descriptor >= 0 else {
                    throw lose("no answer within the time-out")
                }
                _ = await thread.activity(on: descriptor, until: deadline)
                guard handle?.consume() == true else { throw lose() }
            }
            guard let result = handle?.nextResult() else { break }
            do throws(LockstepError) {
                rows = try result.rows()
            } catch {
                failure = failure ?? error
            }
        }
        signals += handle?.takeNotifications() ?? 0
        if let failure { throw failure }
        return rows
    }

    /// Statements are small: the socket's buffer is full only where the server is stuck.
    private func flush(until deadline: ContinuousClock.Instant) throws(LockstepError) {
        while true {
            switch handle?.flush() {
            case .some(true): return
            case .some(false):
                guard let descriptor = handle?.descriptor, Writability.wait(on: descriptor, until: deadline) else {
                    throw lose("no answer within the time-out")
                }
                // The server may wait for this side to read before it takes more.
                guard handle?.consume() == true else { throw lose() }
            case nil: throw lose()
            }
        }
    }

    /// Ends this life and says why.
    private func lose(_ reason: String? = nil) -> LockstepError {
        let words = reason ?? handle?.errorMessage ?? ""
        handle = nil
        return .disconnected(words.isEmpty ? "its end was closed" : words)
    }
}
