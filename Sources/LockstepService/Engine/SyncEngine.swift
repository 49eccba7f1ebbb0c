public import Lockstep
import LockstepRabbitMQ
public import Logging
import RabbitMQ
public import ServiceLifecycle
import Synchronization

/// Keeps other systems in step from within an app: publishes its changes, and brings those of others to closures,
/// adapters and webhooks, without any file of configuration.
///
/// It is a service: add it to a `ServiceGroup`, or use ``withSyncEngine(broker:origin:state:logger:_:)``. Offices may be
/// registered before and after ``run()`` began; what publishes waits until the broker is there.
///
/// What it needs in the broker it declares. What it keeps, it keeps in SQLite files in its state directory: a replica for
/// each office, the clock of its origin, and what ``trigger(_:about:_:scope:)`` wrote and is not published. Several
/// processes may share a directory, but an office is at work in one of them, and the others stand by.
public final class SyncEngine: Service, Sendable {
    /// How long calls wait for somebody to begin ``run()``.
    let patience: Duration
    let configuration: Configuration
    let client: RabbitMQClient
    let store: EngineStore
    let transport: EngineTransport
    let logger: Logger
    let state = Mutex(State())
    /// Somebody runs it.
    let running = Signal()
    /// Offices on their way to ``run()``.
    let arrivals: AsyncStream<EngineOffice>
    let arrival: AsyncStream<EngineOffice>.Continuation

    struct State {
        enum Phase {
            case idle, running, stopped
        }

        var phase = Phase.idle
        var offices: [OfficeName: EngineOffice] = [:]
    }

    /// An engine, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - broker: Which broker; the one on this machine unless said otherwise.
    ///   - origin: Who publishes from here; nil: `PROGRAM@HOST`. Two machines must not share one, nor two state directories.
    ///   - state: The directory of what is kept; nil: `$XDG_STATE_HOME/lockstep/PROGRAM`, which is
    ///     `~/.local/state/lockstep/PROGRAM` where that is not set. An app without a lasting home names one.
    ///   - logger: Where to log.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration` or `invalidName`.
    public convenience init(
        broker: Broker, origin: String? = nil, state: String? = nil, logger: Logger = Logger(label: "lockstep")
    ) throws(LockstepError) {
        self.init(
            try EngineConfiguration.configuration(broker, origin: origin, state: state), patience: .seconds(10),
            logger: logger)
    }

    /// An engine for a broker by its URL, `amqp://user:password@host/` or `amqps://…`.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration` or `invalidName`.
    public convenience init(
        url: String, origin: String? = nil, state: String? = nil, logger: Logger = Logger(label: "lockstep")
    ) throws(LockstepError) {
        try self.init(broker: .url(url), origin: origin, state: state, logger: logger)
    }

    init(_ configuration: Configuration, patience: Duration, logger: Logger) {
        guard let origin = configuration.origin else { preconditionFailure("an engine's configuration has an origin") }
        self.configuration = configuration
        self.patience = patience
        self.logger = logger
        client = configuration.client(named: "engine \(origin)", logger: logger)
        store = EngineStore(configuration, origin: origin, logger: logger)
        transport = EngineTransport(
            client, reportsPublications: configuration.ledger.publications, logger: logger)
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// Does all the work, until graceful shutdown or cancellation; to be called once.
    ///
    /// A graceful shutdown lets each office finish and settle what it has in hand, then what is on its way to the broker,
    /// then disconnects.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where the state directory cannot be used; `RabbitMQError` where no connection was ever made
    ///   and no retry would help: a wrong password, a missing virtual host.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { if state.phase == .idle { state.phase = .running } }
            return state.phase == .idle
        }
        guard isFirst else { throw Self.stopped }
        running.give()
        let result: Result<Void, any Error>
        do {
            result = .success(try await serve())
        } catch {
            result = .failure(error)
        }
        let offices = state.withLock { state in
            state.phase = .stopped
            return state.offices.values
        }
        for office in offices { office.finish() }
        await transport.wait {}
        await store.close()
        try result.get()
    }

    private func serve() async throws {
        let relay = OutboxRelay(try await store.outbox(), transport: transport.forRelay, logger: logger)
        await transport.wait { [self] in
            // What an app registers before it publishes gets what it publishes; one that cannot work holds up nobody.
            for office in state.withLock({ Array($0.offices.values) }) { try? await office.waitUntilAtWork() }
        }
        // Shut down in reverse order: what takes first, what it stands on last.
        let group = ServiceGroupConfiguration(
            services: ([client, relay, EngineOffices(arrivals: arrivals)] as [any Service]).map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup)
            },
            logger: logger
        )
        try await ServiceGroup(configuration: group).run()
    }

    /// Waits until the engine is asked to stop, by a signal or by its service group; for apps that only receive.
    public func untilStopped() async {
        // Cancelled is stopped, too.
        try? await gracefulShutdown()
    }

    /// Waits until the broker is connected, and what was registered before has its queue.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where nobody runs the engine, or the broker is out of reach for good.
    func connected() async throws {
        if !running.isGiven {
            let (running, patience) = (running, patience)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await running.wait() }
                group.addTask { try? await Task.sleep(for: patience) }
                await group.next()
                group.cancelAll()
            }
            try Task.checkCancellation()
            guard running.isGiven else { throw Self.notRunning }
        }
        do {
            try await client.waitUntilReady()
        } catch let error as RabbitMQError {
            throw LockstepError(.brokerUnavailable, error.message, underlying: error)
        }
    }

    private static var notRunning: LockstepError {
        LockstepError(
            .brokerUnavailable,
            "Nobody runs the engine, so nothing was sent. Add it to a ServiceGroup, or work inside withSyncEngine { engine in … }."
        )
    }

    static var stopped: LockstepError {
        LockstepError(.brokerUnavailable, "The engine has stopped, or was already run. Make a new one.")
    }
}
