/// Why a private PostgreSQL server could not be started, stopped or asked.
public struct PrivatePostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case notInstalled, serverDied, startTimedOut, notRunning, commandFailed, system
        }

        private let kind: Kind

        /// PostgreSQL or `setpriv` is not on this machine.
        public static let notInstalled = Code(kind: .notInstalled)
        /// The server ended before it was ready; the message quotes its log.
        public static let serverDied = Code(kind: .serverDied)
        /// The server was not ready in time; it has been killed.
        public static let startTimedOut = Code(kind: .startTimedOut)
        /// The server does not run.
        public static let notRunning = Code(kind: .notRunning)
        /// One of PostgreSQL's programs failed; the message has what it said.
        public static let commandFailed = Code(kind: .commandFailed)
        /// The operating system refused a file or a process.
        public static let system = Code(kind: .system)

        public var description: String { kind.rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What happened, what it means, and what to do.
    public let message: String
    /// The source file that threw it.
    public let file: String
    /// The line that threw it.
    public let line: Int

    init(_ code: Code, _ message: String, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    public var description: String { message }
}
