import Lockstep
import LockstepRabbitMQ
import Logging
import RabbitMQ
import ServiceLifecycle

/// An office's queue in the broker: declared when the office begins to work, and again whenever it is gone.
struct OfficeQueue: Sendable {
    /// How long to wait before the next look, or the next try.
    private static let pause = Duration.seconds(2)

    private let subscription: Subscription
    private let client: RabbitMQClient
    private let logger: Logger

    /// The queue of an office.
    init(_ subscription: Subscription, client: RabbitMQClient, logger: Logger) {
        self.subscription = subscription
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

    /// Looks now and then whether the office is subscribed, and declares its queue anew where it is not.
    ///
    /// A queue that somebody deleted, or a broker that came back empty, would else leave a worker that looks healthy
    /// and receives nothing.
    func keepDeclared() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                if isUnsubscribed { await declareAgain() }
            }
        }
    }

    /// Whether the broker is there and the office's consumer is not.
    private var isUnsubscribed: Bool {
        let queue = BrokerName.queue(of: subscription.office)
        return client.status.consuming.state == .ready
            && client.consumers.contains { $0.queue == queue && !$0.isSubscribed }
    }

    private func declareAgain() async {
        let office: Logger.Metadata = ["office": "\(subscription.office)"]
        logger.warning("The office is not subscribed; its queue is declared again", metadata: office)
        do {
            _ = try await tryToDeclare()
        } catch is CancellationError {
            return
        } catch {
            logger.error(
                "The office's queue cannot be declared; it receives nothing",
                metadata: office.merging(["reason": "\(ErrorText.text(error))"]) { first, _ in first }
            )
        }
    }

    /// Declares; false where the connection was lost meanwhile.
    ///
    /// An office's own account may be allowed to consume its queue and nothing else; then an administrator has declared
    /// it, and the worker says so if not.
    private func tryToDeclare() async throws -> Bool {
        var topology = OfficeTopology.shared
        topology.add(OfficeTopology.office(subscription))
        do {
            try await client.declare(topology)
            return true
        } catch let error as RabbitMQError {
            switch error.code {
            case .accessRefused:
                logger.info(
                    "This account may not declare queues; they are used as they are",
                    metadata: ["office": "\(subscription.office)"]
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
