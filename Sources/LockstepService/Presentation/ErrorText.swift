import RabbitMQ

/// Says to people why something failed.
public enum ErrorText {
    /// Lines that begin with the command's name, one for each mistake in a configuration, else one for all.
    public static func text(_ error: any Error) -> String {
        sentences(error).map { "lockstep: \($0)\n" }.joined()
    }

    /// The same without a name and in one line, for logs, tables and answers.
    public static func reason(_ error: any Error) -> String {
        sentences(error).joined(separator: "; ")
    }

    private static func sentences(_ error: any Error) -> [String] {
        switch error {
        case let error as ConfigurationError: error.problems.map { "\($0)" }
        case let error as RabbitMQError: [error.message]
        case is CancellationError: ["interrupted"]
        default: ["\(error)"]
        }
    }
}
