import RabbitMQ

/// Says to people why a command failed.
public enum ErrorText {
    /// Lines that begin with the command's name, one for each mistake in a configuration, else one for all.
    public static func text(_ error: any Error) -> String {
        switch error {
        case let error as ConfigurationError:
            error.problems.map { "lockstep: \($0)\n" }.joined()
        case let error as RabbitMQError:
            "lockstep: \(error.message)\n"
        case is CancellationError:
            "lockstep: interrupted\n"
        default:
            "lockstep: \(error)\n"
        }
    }
}
