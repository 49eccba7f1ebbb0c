import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import Logging
import RabbitMQ
import ServiceLifecycle

/// All of a small site in one process: broker, ledger, relay, hub, and all offices.
///
/// What hands on is stopped before what it hands to: hub and relay first, then offices, ledger and connections, and the
/// broker last of all. Offices that are made or deleted in the hub's store meanwhile come and go.
struct SiteService: Service {
    /// When an office is tried again that cannot work.
    private static let pause = Duration.seconds(30)

    let configuration: Configuration
    let logger: Logger

    func run() async throws {
        guard !configuration.broker.isNamed else { return try await work(configuration) }
        let directory = configuration.privateBrokerDirectory
        let started = await cancelWhenGracefulShutdown { () async -> Result<SiteBroker, any Error> in
            do {
                return .success(try await SiteBroker(in: directory, logger: logger))
            } catch {
                return .failure(Task.isCancelled ? CancellationError() : error)
            }
        }
        let broker: SiteBroker
        do {
            broker = try started.get()
        } catch is CancellationError {
            return
        }
        let site = located(at: broker)
        let outcome = await withThrowingTaskGroup(of: Void.self, returning: Result<Void, any Error>.self) { group in
            group.addTask { try await work(site) }
            group.addTask {
                await broker.keepRunning()
                // A broker that is to be kept until the end never ends the work.
                await Signal().wait()
            }
            let outcome = await group.nextResult() ?? .success(())
            group.cancelAll()
            return outcome
        }
        await broker.stop()
        try outcome.get()
    }

    private func located(at broker: SiteBroker) -> Configuration {
        var site = configuration
        site.broker.use(broker.status)
        return site
    }

    private func work(_ configuration: Configuration) async throws {
        let services = try services(configuration)
        var group = ServiceGroupConfiguration(
            services: services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, logger: logger)
        group.maximumGracefulShutdownDuration = ServiceRunner.gracePeriod
        logger.info(
            "The site is up",
            metadata: [
                "broker": "\(configuration.broker.endpoints.map(\.description).joined(separator: " "))",
                "management": "\(configuration.broker.management.url)",
                "offices": "\(configuration.offices.map(\.office.text).joined(separator: " "))",
                "state": "\(configuration.state.path)",
            ])
        try await ServiceGroup(configuration: group).run()
    }

    /// The services in the order in which one stands on the other: they are shut down in reverse.
    private func services(_ configuration: Configuration) throws -> [any Service] {
        let observability = Observability(configuration, always: true, logger: logger)
        let client = configuration.client(named: "up", logger: logger)
        let workers = configuration.atWork
        let (changes, paused) = (StoreChanges(configuration, logger: logger), PausedOffices())
        let supervisor = supervisor(of: workers, configuration, client, changes, paused)
        // The ledger's queue, besides those of the offices.
        let status = observability.content(of: client, consumers: 1, supervisor: supervisor, paused: paused)
        var services = observability.services(of: client, consumers: 1, supervisor: supervisor, paused: paused)
        services += [client, changes] as [any Service]
        if let archive = configuration.archive {
            services.append(ArchiveService(archive: archive, client: client, logger: logger))
        }
        services.append(LedgerService(configuration: configuration, changes: changes, client: client, logger: logger))
        services.append(supervisor)
        services.append(QueueAlarms(changes, of: nil, client: client, logger: logger))
        services.append(PauseTelling(changes: changes, client: client, logger: logger))
        for office in configuration.offices {
            guard let receive = configuration.receivers[office.office] else { continue }
            guard !receive.secrets.isEmpty else { throw ReceiveArguments.noSecret }
            services.append(
                ReceiverService(
                    subscription: office, receive: receive, configuration: configuration, logger: logger))
        }
        let reconcile = configuration.reconcile
        if let every = reconcile.every, workers.contains(where: { $0.office == reconcile.core }) {
            let reconciler = Reconciler(configuration: configuration, client: client, logger: logger)
            services.append(ReconcileService(reconciler: reconciler, every: every, logger: logger))
        }
        if configuration.outbox.database != nil { services.append(try relay(configuration, client)) }
        services.append(
            HubService(
                configuration: configuration, client: client, status: status, logger: logger))
        return services
    }

    private func supervisor(
        of offices: [Subscription], _ configuration: Configuration, _ client: RabbitMQClient, _ changes: StoreChanges,
        _ paused: PausedOffices
    ) -> OfficeSupervisor {
        let (pause, logger) = (Self.pause, logger)
        let current = changes.values { changed in
            changed.offices.filter { configuration.receivers[$0.office] == nil }
        }
        return OfficeSupervisor(offices, changes: current, retry: pause, logger: logger) { office in
            OfficeService(
                subscription: office, configuration: configuration, client: client,
                failing: .triedAgain(after: pause), logger: logger, adapter: try office.adapter()
            ).obeyingPauses(of: changes, showingIn: paused)
        }
    }

    private func relay(_ configuration: Configuration, _ client: RabbitMQClient) throws -> OutboxRelay {
        let outbox = try ConfiguredOutbox(configuration, logger: logger)
        var settings = OutboxRelay.Configuration()
        settings.keep = configuration.outbox.keep
        settings.batch = configuration.outbox.batch
        let transport = RabbitMQTransport(
            client, logger: logger, reportsPublications: configuration.ledger.publications, retriesRefused: false)
        return OutboxRelay(outbox.store, transport: transport, configuration: settings, logger: logger)
    }
}

extension Configuration {
    /// The offices that a queue brings their events: not those that receive over HTTP.
    fileprivate var atWork: [Subscription] { offices.filter { receivers[$0.office] == nil } }
}

extension SiteService: CustomStringConvertible {
    /// Short, and without what the configuration holds: service groups put it into logs.
    var description: String { "site" }
}
