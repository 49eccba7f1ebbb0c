extension RabbitMQError {
    /// The kind of an error; more may come, so a `switch` needs a `default`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case accessRefused, authenticationFailed, channelClosed, configuration, connectionLost, connectionRefused
            case handlerMismatch, headersTooLarge, invalidName, messageTooLarge, notFound, preconditionFailed,
                protocolViolation
            case resourceLocked, shutdown, timeout, tls, vhostNotFound
        }

        private let kind: Kind

        public var description: String { kind.rawValue }

        /// The user may not do this.
        public static let accessRefused = Code(kind: .accessRefused)
        /// The broker does not know this user and password.
        public static let authenticationFailed = Code(kind: .authenticationFailed)
        /// The broker closed the channel for a reason that has no code of its own.
        public static let channelClosed = Code(kind: .channelClosed)
        /// The configuration cannot be right: a malformed URL, a file that is missing.
        public static let configuration = Code(kind: .configuration)
        /// The connection broke; the client makes a new one.
        public static let connectionLost = Code(kind: .connectionLost)
        /// Nobody listens there, or the name means nothing.
        public static let connectionRefused = Code(kind: .connectionRefused)
        /// A handler's answer does not fit its deliveries.
        public static let handlerMismatch = Code(kind: .handlerMismatch)
        /// The headers do not fit into a frame.
        public static let headersTooLarge = Code(kind: .headersTooLarge)
        /// A name, routing key or property is longer than 255 bytes or otherwise not possible.
        public static let invalidName = Code(kind: .invalidName)
        /// The body is over the limit.
        public static let messageTooLarge = Code(kind: .messageTooLarge)
        /// The queue or exchange is not there.
        public static let notFound = Code(kind: .notFound)
        /// It exists with other arguments, or is not in the state that was asked for.
        public static let preconditionFailed = Code(kind: .preconditionFailed)
        /// The other side does not speak AMQP 0-9-1 as it should.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// Somebody else holds it exclusively.
        public static let resourceLocked = Code(kind: .resourceLocked)
        /// The client is stopping or was never started.
        public static let shutdown = Code(kind: .shutdown)
        /// No answer in time.
        public static let timeout = Code(kind: .timeout)
        /// The TLS handshake failed: no trust, wrong name, or a missing certificate.
        public static let tls = Code(kind: .tls)
        /// The virtual host is not there.
        public static let vhostNotFound = Code(kind: .vhostNotFound)
    }
}
