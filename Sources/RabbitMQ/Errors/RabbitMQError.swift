/// What went wrong between this process and the broker.
///
/// `message` says what happened, what it means and what to do; it never holds a payload or a password.
public struct RabbitMQError: Error, Sendable {
    /// What kind of error it is.
    public let code: Code
    /// What happened, what it means and what to do.
    public let message: String
    /// The error below, where there is one.
    public let underlying: (any Error)?
    /// The file that raised it.
    public let file: String
    /// The line that raised it.
    public let line: Int

    /// Makes an error.
    public init(
        _ code: Code, _ message: String, underlying: (any Error)? = nil, file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.file = file
        self.line = line
    }
}

extension RabbitMQError: CustomStringConvertible {
    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
