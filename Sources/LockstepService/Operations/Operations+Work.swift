public import Lockstep
import RabbitMQ
import ServiceLifecycle

extension Operations {
    /// Works for these offices, all in this process, until it is asked to stop (SIGTERM, SIGINT).
    ///
    /// Those that were made in the hub's store are followed there: changed settings are taken over, and an office that is
    /// deleted is worked for no more, within a second.
    public func work(for offices: [Subscription]) async throws {
        let isAlone = offices.count == 1
        let role = isAlone ? "worker \(offices[0].office)" : "worker for \(offices.count) offices"
        let observability = Observability(configuration, logger: logger)
        let client = configuration.client(named: role, logger: logger)
        let (changes, paused) = (StoreChanges(configuration, logger: logger), PausedOffices())
        let declared = offices.filter { !configuration.stored.made.contains($0.office) }
        let services = try declared.map { office in
            OfficeService(
                subscription: office,
                configuration: configuration,
                client: client,
                failing: isAlone ? .endsProcess : .triedAgain(after: .seconds(30)),
                logger: logger,
                adapter: try office.adapter()
            ).obeyingPauses(of: changes, showingIn: paused)
        }
        var companions: [any Service] = []
        if configuration.metrics.listen != nil {
            companions.append(
                QueueAlarms(changes, of: Set(offices.map(\.office)), client: client, logger: logger))
        }
        let reconcile = configuration.reconcile
        if let every = reconcile.every, offices.contains(where: { $0.office == reconcile.core }) {
            let reconciler = Reconciler(configuration: configuration, client: client, logger: logger)
            companions.append(ReconcileService(reconciler: reconciler, every: every, logger: logger))
        }
        let isAnyMade = declared.count < offices.count
        let supervisor = isAnyMade ? made(Set(offices.map(\.office)), client, changes, paused) : nil
        if let supervisor { companions.append(supervisor) }
        let observers = observability.services(
            of: client, consumers: declared.count, supervisor: supervisor, paused: paused)
        try await ServiceRunner.run(observers + [client, changes] + services + companions, logger: logger)
    }

    /// Works for those of these offices that are in the hub's store, for as long as they are.
    private func made(
        _ offices: Set<OfficeName>, _ client: RabbitMQClient, _ changes: StoreChanges, _ paused: PausedOffices
    ) -> OfficeSupervisor {
        let (configuration, logger) = (configuration, logger)
        let current = changes.values { changed in
            changed.offices.filter { offices.contains($0.office) && changed.stored.made.contains($0.office) }
        }
        let first = configuration.offices.filter {
            offices.contains($0.office) && configuration.stored.made.contains($0.office)
        }
        return OfficeSupervisor(first, changes: current, logger: logger) { office in
            OfficeService(
                subscription: office, configuration: configuration, client: client,
                failing: .triedAgain(after: .seconds(30)), logger: logger, adapter: try office.adapter()
            ).obeyingPauses(of: changes, showingIn: paused)
        }
    }
}
