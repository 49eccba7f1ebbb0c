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
    /// Shows whether the office's queue is used as it is; nil: it is no office's.
    private let migrationDue: MigrationDue?
    /// What says that the patterns are not this process's to bind; nil: they are.
    private let mark: String?

    /// The queue of an office.
    ///
    /// - Parameter isMade: Whether the subscription is of the hub's store on this machine.
    init(of subscription: Subscription, isMade: Bool, client: RabbitMQClient, logger: Logger) {
        name = BrokerName.queue(of: subscription.office)
        var topology = OfficeTopology.complete(for: [subscription])
        if isMade { topology.queues.append(OfficeTopology.subscribed(subscription.office)) }
        self.topology = topology
        mark = isMade ? nil : BrokerName.subscribed(subscription.office)
        offices = [subscription.office]
        consumer = ["office": "\(subscription.office)"]
        migrationDue = MigrationDue(subscription.office)
        self.client = client
        self.logger = logger
    }

    /// The queue of the ledger, and all offices from which reports come.
    init(ofLedgerOf offices: [Subscription], client: RabbitMQClient, logger: Logger) {
        name = BrokerName.ledger
        topology = OfficeTopology.ledger(of: offices.map(\.office))
        self.offices = []
        consumer = ["queue": "\(BrokerName.ledger)"]
        (migrationDue, mark) = (nil, nil)
        self.client = client
        self.logger = logger
    }

    /// Declares the queue and what it needs around it, as soon as the broker is there.
    ///
    /// - Returns: False if the service is to stop meanwhile.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `topologyMismatch` where it is there with other arguments.
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
                metadata: consumer.merging(["reason": "\(ErrorText.reason(error))"]) { first, _ in first }
            )
        }
    }

    /// Declares what the broker takes where a queue of the office's own is there with other arguments.
    ///
    /// Its limits do not matter for consuming: the office goes on with the queue as it is until somebody migrates it. Where
    /// anything else differs, what is published, put off or given up may go astray: that is refused.
    private func declare(_ topology: Topology, around error: RabbitMQError) async throws -> Bool {
        let own = Set(offices.flatMap { [BrokerName.queue(of: $0), BrokerName.control(of: $0)] })
        var rest = topology
        rest.queues.removeAll { own.contains($0.name) }
        var due: [String] = []
        do {
            // Bindings lead to queues that are there.
            let bindings = rest.bindings
            rest.bindings = []
            try await client.declare(rest)
            for queue in topology.queues where own.contains(queue.name) {
                if try await !declare(queue) { due.append(queue.name) }
            }
            try await client.declare(Topology(bindings: bindings), of: offices)
        } catch let error as RabbitMQError where error.code == .preconditionFailed {
            throw Self.mismatch(error)
        }
        guard !due.isEmpty else { throw Self.mismatch(error) }
        logger.warning(
            "A queue has other arguments than the configuration asks for; it is used as it is",
            metadata: consumer.merging([
                "queues": "\(due.joined(separator: ", "))", "reason": "\(error.message)",
                "remedy": "run 'lockstep topology migrate'",
            ]) { first, _ in first })
        migrationDue?.show(true)
        return true
    }

    /// Whether a queue could be declared; false: it is there with another limit.
    ///
    /// - Throws: What the broker says where it is there with other arguments, or of another kind: what it gives up could be
    ///   lost, or it is somebody else's.
    private func declare(_ queue: Queue) async throws -> Bool {
        var found = queue
        var left = UnequalArgument.harmless
        while true {
            do {
                try await client.declare(Topology(queues: [found]))
                return found == queue
            } catch let error as RabbitMQError where error.code == .preconditionFailed {
                guard let unequal = UnequalArgument(error.message), left.remove(unequal.name) != nil else {
                    throw error
                }
                found.arguments[unequal.name] = unequal.current
            }
        }
    }

    private static func mismatch(_ error: RabbitMQError) -> LockstepError {
        LockstepError(
            .topologyMismatch,
            "\(error.message) Run 'lockstep topology plan' to see all that differs; nothing was changed.",
            underlying: error)
    }

    /// Whether a hub that keeps its store elsewhere has the say on what the queue gets.
    ///
    /// Else its change of the patterns would last until this process declares its own again. Where the queue is gone, this
    /// process's own are better than none.
    private var isSubscribedElsewhere: Bool {
        get async throws {
            guard let mark, try await client.inspect(queue: mark) != nil else { return false }
            let isThere = try await client.inspect(queue: name) != nil
            if isThere {
                logger.info(
                    "What the office gets is what the hub's store says, and not this configuration", metadata: consumer)
            } else {
                logger.warning(
                    "The queue of a subscription in the hub's store was gone; it gets what this configuration says",
                    metadata: consumer.merging(["remedy": "run 'lockstep topology apply' there"]) { first, _ in first })
            }
            return isThere
        }
    }

    /// Declares; false where the connection was lost meanwhile.
    ///
    /// An account may be allowed to consume its queue and nothing else; then an administrator has declared it, and the
    /// log says so if not.
    private func tryToDeclare() async throws -> Bool {
        var topology = topology
        do {
            if try await isSubscribedElsewhere { topology.bindings.removeAll { $0.source == BrokerName.events } }
            try await client.declare(topology, of: offices)
            migrationDue?.show(false)
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
            case .preconditionFailed: return try await declare(topology, around: error)
            default: throw error
            }
        }
    }
}
