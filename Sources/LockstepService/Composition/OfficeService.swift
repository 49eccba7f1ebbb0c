import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ
import ServiceLifecycle

/// One office at work: its replica is opened, its queue is declared, then its worker runs, and beside it the relay of the
/// changes that are made in the office.
struct OfficeService: Service {
    /// What becomes of an office that cannot work, for a reason that only a person can mend.
    enum Failing: Sendable {
        /// It ends the process: whoever supervises that sees it.
        case endsProcess
        /// It is tried again after this time, and disturbs none of the other offices in the process.
        case triedAgain(after: Duration)
    }

    /// How often a queue may be gone again before the office gives up: it may not be allowed to declare it.
    private static let patience = 3

    let subscription: Subscription
    let configuration: Configuration
    let client: RabbitMQClient
    var failing: Failing
    let logger: Logger
    /// The office's own system, where it has one.
    var adapter: (any Adapter)?
    /// Told when the office's queue is declared and its work begins.
    var begins: @Sendable () -> Void = {}
    /// Told where the office's system says that it is gone: whoever can, pauses the office.
    var isGone: @Sendable (_ reason: String) async -> Void = { _ in }
    /// Says why the office is paused by the hub's store, see ``PausableWork/pauses``, in a stream of its own to each who
    /// asks; nil: nobody can pause it, also not through the broker.
    var pauses: (@Sendable () -> AsyncStream<String?>)?
    /// What follows the hub's store, where there is one.
    var changes: StoreChanges?
    /// Told when somebody has resumed the office through the broker.
    var isResumed: @Sendable () async -> Void = {}
    /// Told why the office is paused, and when it goes on (nil).
    var isPaused: @Sendable (_ reason: String?) -> Void = { _ in }
    /// Told why the office cannot work, before it is tried again; true: it is not.
    var givesUp: @Sendable (any Error) -> Bool = { _ in false }

    func run() async throws {
        while true {
            do {
                return try await work()
            } catch is CancellationError {
                return
            } catch {
                guard case .triedAgain(let pause) = failing, !givesUp(error) else { throw error }
                logger.error(
                    "The office cannot work; its queue keeps its deliveries, and the other offices go on",
                    metadata: [
                        "office": "\(subscription.office)", "reason": "\(ErrorText.reason(error))",
                        "again-in": "\(DurationText.text(pause))",
                    ]
                )
                let isOver = await cancelWhenGracefulShutdown {
                    do {
                        try await Task.sleep(for: pause)
                        return false
                    } catch {
                        return true
                    }
                }
                if isOver { return }
            }
        }
    }

    private func work() async throws {
        let office = subscription.office
        let replica = try SQLiteReplica(
            path: configuration.replicaFile(of: office),
            office: office,
            calendar: subscription.calendar,
            conflicts: subscription.conflicts,
            peers: configuration.offices,
            maximumEventSize: configuration.limits.event,
            logger: logger
        )
        // A file that was closed in good order need not be checked when it is opened again.
        defer { try? replica.close() }
        let relay = relay(of: replica)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.run() }
            group.addTask { try await receive(into: replica) }
            // Both end when the service is to stop; where one fails, the other is cancelled.
            for try await _ in group {}
        }
    }

    /// Publishes the changes that are made in the office.
    private func relay(of replica: SQLiteReplica) -> OutboxRelay {
        var settings = OutboxRelay.Configuration()
        settings.keep = configuration.outbox.keep
        settings.batch = configuration.outbox.batch
        settings.office = subscription.office
        let transport = RabbitMQTransport(
            client, logger: logger, reportsPublications: configuration.ledger.publications, retriesRefused: false)
        return OutboxRelay(replica.outbox, transport: transport, configuration: settings, logger: logger)
    }

    private func receive(into replica: SQLiteReplica) async throws {
        let office = subscription.office
        let queue = DeclaredQueue(
            of: subscription, isMade: (changes?.current ?? configuration).stored.made.contains(office), client: client,
            logger: logger)
        let (isGone, gone) = (isGone, GoneOffice())
        let words = OfficePauses(
            of: office, among: configuration.offices.count, client: client, logger: logger, resumed: isResumed)
        // Where nobody keeps pauses, one that is gone is left alone until its work is begun anew.
        let (heard, unheard): (@Sendable () -> AsyncStream<String?>, @Sendable () -> AsyncStream<String?>) =
            ({ words.pauses }, { gone.pauses })
        let pauses = self.pauses != nil ? heard : adapter != nil ? unheard : nil
        let worker = OfficeWorker(
            subscription,
            transport: RabbitMQTransport(client, logger: logger),
            replica: replica,
            adapter: adapter,
            memory: replica,
            logger: logger,
            isGone: { reason in
                await isGone(reason)
                gone.note(reason)
            }
        )
        let upkeep = ReplicaUpkeep(replica: replica, age: configuration.limits.age, logger: logger)
        async let _: Void = upkeep.run()
        var tries = 0
        if let adapter { try await adapter.prepare(in: AdapterContext(office: office, logger: logger)) }
        while try await queue.declare() {
            logger.info("The office is at work", metadata: ["office": "\(office)"])
            begins()
            async let _: Void = queue.keepDeclared()
            async let _: Void = words.follow(self.pauses?())
            async let _: Void = answerQuestions(self.pauses == nil ? nil : pauses)
            do {
                return try await run(worker, pauses)
            } catch let error as LockstepError where error.code == .notFound && tries < Self.patience {
                // Somebody deleted the queue between its declaration and the subscription.
                tries += 1
            }
        }
    }

    /// Runs the worker, but not while the office is paused: the queue keeps what comes.
    private func run(_ worker: OfficeWorker, _ pauses: (@Sendable () -> AsyncStream<String?>)?) async throws {
        guard let pauses else { return try await worker.run() }
        let (office, logger, isPaused) = (subscription.office, logger, isPaused)
        let shows: @Sendable (String?) -> Void = { reason in
            isPaused(reason)
            if let reason {
                logger.notice(
                    "The office is paused; its queue keeps its deliveries",
                    metadata: ["office": "\(office)", "reason": "\(reason)"])
            } else {
                logger.notice("The office goes on", metadata: ["office": "\(office)"])
            }
        }
        let work = PausableWork(pauses: pauses, shows: shows, logger: logger)
        try await work.run { try await worker.run() }
    }

    /// Says what the office holds, and what it would do, to whoever asks through the broker; but not while the office is
    /// paused.
    ///
    /// Also not during an operator's pause: by its answers all that its queue keeps would be missing there, and be sent to it
    /// once more. And its queues can be made anew or deleted whoever has paused it. Who asks meanwhile hears that there was
    /// no answer; on this machine `reconcile` reads the file.
    ///
    /// Without that the office works all the same: the broker may not have the queue yet, and this account may not be
    /// allowed to declare it.
    private func answerQuestions(_ pauses: (@Sendable () -> AsyncStream<String?>)?) async {
        do {
            let reader = try OfficeReader(path: configuration.replicaFile(of: subscription.office))
            let rehearser = OfficeRehearser(
                reader: reader, subscription: subscription, adapter: adapter, logger: logger)
            let control = ControlQueue(
                of: subscription.office, client, source: reader, rehearsing: rehearser, logger: logger)
            guard let pauses else { return try await control.run() }
            // That the office is paused is said where its worker stands still.
            let work = PausableWork(pauses: pauses, shows: { _ in }, logger: logger)
            try await work.run { try await control.run() }
        } catch is CancellationError {
            return
        } catch {
            logger.notice(
                "The office cannot be asked what it holds; 'lockstep reconcile' works on its machine only",
                metadata: [
                    "office": "\(subscription.office)", "reason": "\(ErrorText.reason(error))",
                    "remedy": "run 'lockstep topology apply'",
                ])
        }
    }
}
