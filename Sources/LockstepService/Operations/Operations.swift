public import Logging
import RabbitMQ

/// What the commands do, one method each; they only read arguments and write answers.
public struct Operations: Sendable {
    /// What was configured.
    public let configuration: Configuration
    /// Where it is logged.
    public let logger: Logger
    /// The client of the process that answers for long; nil: each answer connects for itself.
    var client: RabbitMQClient?

    /// Operations on a configuration.
    public init(_ configuration: Configuration, logger: Logger = Logger(label: "lockstep")) {
        self.configuration = configuration
        self.logger = logger
    }
}
