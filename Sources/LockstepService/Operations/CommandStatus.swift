import Lockstep
import PrivateBroker
import RabbitMQ

/// How the command ends, as its caller sees it (sysexits.h has the numbers from 64 on).
public enum CommandStatus: Int32, Sendable, CaseIterable {
    /// Done.
    case done = 0
    /// Done, and something needs attention: a bad line, a difference, a failed check.
    case attention = 1
    /// The command line asks for what cannot be.
    case usage = 64
    /// The broker or a file cannot be reached now; later it may.
    case unavailable = 69
    /// Something else went wrong.
    case failure = 70
    /// The configuration cannot be used; trying again does not help.
    case configuration = 78
    /// A signal came before the work was done.
    case interrupted = 130

    /// What `--help` says of them.
    public static let help = """
        EXIT STATUS
          0   done
          1   done, and something needs attention: a bad line, a difference
          64  the command line asks for what cannot be
          69  the broker or a file cannot be reached now
          70  something else went wrong
          78  the configuration cannot be used
          130 interrupted by a signal
        """

    /// How the command ends after an error.
    public init(_ error: any Error) {
        self =
            switch error {
            case is ConfigurationError: .configuration
            case is CancellationError: .interrupted
            case let error as LockstepError: Self.after(error.code)
            case let error as RabbitMQError: Self.after(error.code)
            case let error as PrivateBrokerError: error.code == .notRunning ? .attention : .unavailable
            default: .failure
            }
    }

    private static func after(_ code: LockstepError.Code) -> CommandStatus {
        switch code {
        case .invalidConfiguration: .configuration
        case .invalidName, .invalidEvent, .invalidJSON, .invalidVersion, .eventTooLarge, .notFound,
            .alreadyExists:
            .usage
        case .brokerUnavailable, .storeUnavailable, .storeFull, .driftIncomplete: .unavailable
        case .topologyMismatch, .refused: .attention
        default: .failure
        }
    }

    private static func after(_ code: RabbitMQError.Code) -> CommandStatus {
        switch code {
        case .configuration: .configuration
        case .accessRefused, .authenticationFailed, .connectionLost, .connectionRefused, .timeout, .tls,
            .vhostNotFound:
            .unavailable
        default: .failure
        }
    }
}
