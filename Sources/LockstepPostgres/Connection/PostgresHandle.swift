import CPostgres
import Glibc
import Lockstep

/// The one owner of a libpq connection, and the only thing that touches it.
///
/// Belongs to the actor on the connection's thread: it can be neither copied nor sent away. No call of it blocks but
/// the look-up of a host's name, which has that thread to itself.
struct PostgresHandle: ~Copyable {
    private let connection: OpaquePointer

    /// How far connecting has come.
    enum Progress {
        case wantsToRead
        case wantsToWrite
        case connected
        case failed
    }

    /// Begins to connect.
    init(_ configuration: PostgresConfiguration, purpose: String) throws(LockstepError) {
        let milliseconds = String(max(1, Int64(configuration.statementTimeout / .milliseconds(1))))
        // Later ones win: what stands in the connection string gives way only where Lockstep relies on something else.
        let parameters: [(String, String)] = [
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", milliseconds),
            ("dbname", configuration.connection),
            ("application_name", "\(configuration.applicationName) \(purpose)"),
            ("client_encoding", "UTF8"),
        ]
        try Self.check(configuration.connection)
        let made = withCStrings(parameters.map(\.0)) { names in
            withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(names, values, 1) }
        }
        guard let made else {
            throw LockstepError(.storeUnavailable, "the process is out of memory: no connection could be made")
        }
        connection = made
        // Without this libpq prints warnings to standard error.
        PQsetNoticeProcessor(made, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    /// The socket; it may be another one after each step of connecting.
    var descriptor: Int32 { PQsocket(connection) }

    /// The server's version: 150018 is 15.18.
    var serverVersion: Int32 { PQserverVersion(connection) }

    /// Takes the next step of connecting.
    func connect() -> Progress {
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_OK: PQsetnonblocking(connection, 1) == 0 ? .connected : .failed
        case PGRES_POLLING_READING: .wantsToRead
        case PGRES_POLLING_WRITING: .wantsToWrite
        default: .failed
        }
    }

    /// Queues a statement with its parameters, as text.
    ///
    /// - Parameter isBinary: Whether its rows come as the server has them, and not as text.
    func send(_ statement: String, _ parameters: [String?], isBinary: Bool) -> Bool {
        withCStrings(parameters) { values in
            let format: Int32 = isBinary ? 1 : 0
            return PQsendQueryParams(connection, statement, Int32(parameters.count), nil, values, nil, nil, format) == 1
        }
    }

    /// Queues a script of statements.
    func send(script: String) -> Bool { PQsendQuery(connection, script) == 1 }

    /// Sends what is queued; nil where the connection is lost, else whether all is sent.
    func flush() -> Bool? {
        switch PQflush(connection) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    /// Reads what has arrived; false where the connection is lost.
    func consume() -> Bool { PQconsumeInput(connection) == 1 && PQstatus(connection) == CONNECTION_OK }

    /// Whether a result is not complete yet.
    var isBusy: Bool { PQisBusy(connection) == 1 }

    /// The next result of what was sent; nil where that was all.
    func nextResult() -> PostgresResult? { PQgetResult(connection).map { PostgresResult($0) } }

    /// Takes the notifications that have arrived; returns how many there were.
    func takeNotifications() -> Int {
        var count = 0
        while let notification = PQnotifies(connection) {
            PQfreemem(notification)
            count += 1
        }
        return count
    }

    /// What libpq says about the last failure; it names servers and users, never passwords.
    var errorMessage: String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return text.split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
    }

    /// Whether the server said that these credentials are wrong, or none were given where it asked for them.
    var lacksPassword: Bool { PQconnectionNeedsPassword(connection) == 1 }

    /// Refuses what libpq cannot read, without quoting it: it may hold a password.
    private static func check(_ text: String) throws(LockstepError) {
        guard text.contains("=") || text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { return }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(text, &message)
        PQfreemem(message)
        guard let options else {
            throw LockstepError(
                .invalidConfiguration,
                "not a connection string or URI that libpq can read (it is not shown, since it may hold a password); "
                    + "write one like 'postgresql://core@db.example.org/permits'")
        }
        PQconninfoFree(options)
    }
}

/// Lends the strings as a null-terminated array of C strings, valid only inside the closure.
private func withCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let copies = strings.map { $0.flatMap { strdup($0) } }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("The array has its null at least.") }
        return body(base)
    }
}
