import Lockstep
import LockstepRabbitMQ
import Logging
import RabbitMQ
import ServiceLifecycle

/// A queue in the broker from which this process takes: declared when it begins to, and again whenever it is gone.
struct DeclaredQueue: Sendable {
    /// How long to wait before the next look, or the next try.
    private static let pause = Duration.seconds(2)

    private let name: String
    private let topology: Topology
    /// Whose queues are in it.
    private let offices: [OfficeName]
    private let client: RabbitMQClient
    private let logger: Logger
    /// Who takes from it, for the log.
    private let consumer: Logger.Metadata

    /// The queue of an office.
    init(of subscription: Subscription, client: RabbitMQClient, logger: Logger) {
        name = BrokerName.queue(of: subscription.office)
        topology = OfficeTopology.complete(for: [subscription])
        offices = [subscription.office]
        consumer = ["office": "\(subscription.office)"]
        self.client = client
        self.logger = logger
    }

    /// The queue of the ledger, and all offices from which reports come.
    init(ofLedgerOf offices: [Subscription], client: RabbitMQClient, logger: Logger) {
        name = BrokerName.ledger
        topology = OfficeTopology.ledger(of: offices.map(\.office))
        self.offices = []
        consumer = ["queue": "\(BrokerName.ledger)"]
        self.client = client
        self.logger = logger
    }

    /// Declares the queue and what it needs around it, as soon as the broker is there.
    ///
    /// - Returns: False if the service is to stop meanwhile.
    /// - Throws: ``Lockstep/LockstepError`` with the code `topologyMismatch` where it is there with other arguments.
    func declare() async throws -> Bool {
        do {
            return try await cancelWhenGracefulShutdown {
                while true {
                    try await client.waitUntilReady()
                    if try await tryToDeclare() { return true }
                    try await Task.sleep(for: Self.pause)
                }
            }
        } catch is CancellationError {
            return false
        }
    }

    /// Looks now and then whether the queue's consumer is subscribed, and declares the queue anew where it is not.
    ///
    /// A queue that somebody deleted, or a broker that came back empty, would else leave a process that looks healthy
    /// and receives nothing.
    func keepDeclared() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                if isUnsubscribed { await declareAgain() }
            }
        }
    }

    /// Whether the broker is there and the queue's consumer is not.
    private var isUnsubscribed: Bool {
        client.status.consuming.state == .ready
            && client.consumers.contains { $0.queue == name && !$0.isSubscribed }
    }

    private func declareAgain() async {
        logger.warning("The queue has no subscription; it is declared again", metadata: consumer)
        do {
            _ = try await tryToDeclare()
        } catch is CancellationError {
            return
        } catch {
            logger.error(
                "The queue cannot be declared; nothing is received",
                metadata: consumer.merging(["reason": "\(ErrorText.text(error))"]) { first, _ in first }
            )
        }
    }

    /// Declares; false where the connection was lost meanwhile.
    ///
    /// An account may be allowed to consume its queue and nothing else; then an administrator has declared it, and the
    /// log says so if not.
    private func tryToDeclare() async throws -> Bool {
        do {
            try await client.declare(topology, of: offices)
            return true
        } catch let error as RabbitMQError {
            switch error.code {
            case .accessRefused:
                logger.info(
                    "This account may not declare queues; they are used as they are",
                    metadata: consumer
                )
                return true
            case .connectionLost, .timeout, .channelClosed: return false
            case .preconditionFailed:
                throw LockstepError(
                    .topologyMismatch,
                    "\(error.message) Run 'lockstep topology plan' to see all that differs; nothing was changed.",
                    underlying: error
                )
            default: throw error
            }
        }
    }
}
