/// Where a PostgreSQL database is, and how long it may take to answer.
///
/// It does not say what it holds when it is printed: a connection string may have a password.
public struct PostgresConfiguration: Sendable {
    /// libpq's own connection string or URI, `postgresql://core@db.example.org/permits?sslmode=verify-full`.
    ///
    /// All of libpq's parameters count, those for TLS among them, and its `PG…` variables and password file. It must
    /// lead to the server itself, and not to a pooler that shares sessions: claims and wake-ups belong to a session.
    public var connection: String
    /// How long connecting may take.
    public var connectTimeout = Duration.seconds(10)
    /// How long one statement may take, waiting for locks included.
    public var statementTimeout = Duration.seconds(30)
    /// What `pg_stat_activity` shows, followed by what the connection is for.
    public var applicationName = "lockstep"
    /// How long to wait before connecting again, first and at most; it doubles from failure to failure.
    public var reconnect = ReconnectPace.Limits()

    /// A configuration for a connection string or URI.
    public init(_ connection: String) {
        self.connection = connection
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    public var description: String { "PostgresConfiguration" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
