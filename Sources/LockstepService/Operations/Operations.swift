import Lockstep
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
    /// The offices as they are now, in the process that answers for long; nil: each answer reads the hub's store.
    var offices: CurrentOffices?

    /// Operations on a configuration.
    public init(_ configuration: Configuration, logger: Logger = Logger(label: "lockstep")) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The configuration with the offices and pauses that the hub's store has now.
    func current() async throws(LockstepError) -> Configuration {
        if let offices { try await offices.configuration() } else { try configuration.withStoredOffices() }
    }
}
