public import FoundationEssentials

/// How a private PostgreSQL server is set up.
public struct PrivatePostgresConfiguration: Sendable {
    /// Where the server keeps its data, its log and its socket; created when it is missing.
    ///
    /// A path of 80 bytes at most, since a socket's must fit into 107. Where root starts the server, the directory is
    /// given to the account that it runs as (`postgres` where there is one), which must be able to reach it.
    public var directory: URL

    /// Settings beside the defaults, by PostgreSQL's names, such as `["max_connections": "200"]`.
    public var settings: [String: String] = [:]

    /// Whether commits reach the disk (`fsync`): without it a server survives being killed, but no power cut.
    public var isDurable = false

    /// How long a start may take, with the making of the data directory.
    public var startTimeout: Duration = .seconds(60)

    /// How long ``PrivatePostgres/stop()`` waits for a graceful end before it kills the server.
    public var stopTimeout: Duration = .seconds(20)

    /// Where PostgreSQL's programs are; nil: the newest version that Debian's packages have installed.
    public var programs: URL?

    /// A server with its data in the given directory, and defaults for all else.
    public init(directory: URL) {
        self.directory = directory
    }
}
