/// Why a private RabbitMQ node could not be started, stopped or asked.
public struct PrivateBrokerError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case notInstalled
            case portTaken
            case alreadyRunning
            case nodeDied
            case startTimedOut
            case notRunning
            case controlFailed
            case system
        }

        private let kind: Kind

        /// RabbitMQ, Erlang's epmd or `setpriv` is not on this machine.
        public static let notInstalled = Code(kind: .notInstalled)
        /// Another process listens on a port that the node needs.
        public static let portTaken = Code(kind: .portTaken)
        /// A node runs on the same directory.
        public static let alreadyRunning = Code(kind: .alreadyRunning)
        /// The node ended before it was ready; the message quotes its log.
        public static let nodeDied = Code(kind: .nodeDied)
        /// The node was not ready in time; it has been killed.
        public static let startTimedOut = Code(kind: .startTimedOut)
        /// The node does not run.
        public static let notRunning = Code(kind: .notRunning)
        /// `rabbitmqctl` failed; the message has what it said.
        public static let controlFailed = Code(kind: .controlFailed)
        /// The operating system refused a file, a socket or a process.
        public static let system = Code(kind: .system)

        public var description: String { kind.rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What happened, what it means, and what to do.
    public let message: String
    /// The error beneath, if there is one.
    public let underlying: (any Error)?
    /// The source file that threw it.
    public let file: String
    /// The line that threw it.
    public let line: Int

    init(
        _ code: Code,
        _ message: String,
        underlying: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.file = file
        self.line = line
    }

    public var description: String { message }
}
