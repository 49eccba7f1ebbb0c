public import Lockstep
import ServiceLifecycle

extension Operations {
    /// Works for these offices, all in this process, until it is asked to stop (SIGTERM, SIGINT).
    public func work(for offices: [Subscription]) async throws {
        let isAlone = offices.count == 1
        let role = isAlone ? "worker \(offices[0].office)" : "worker for \(offices.count) offices"
        let observability = Observability(configuration, logger: logger)
        let client = configuration.client(named: role, logger: logger)
        let paused = PausedOffices()
        let services = try offices.map { office in
            OfficeService(
                subscription: office,
                configuration: configuration,
                client: client,
                failing: isAlone ? .endsProcess : .triedAgain(after: .seconds(30)),
                logger: logger,
                adapter: try office.adapter()
            ).obeyingPauses(showingIn: paused)
        }
        var companions: [any Service] = []
        if configuration.metrics.listen != nil {
            companions.append(QueueAlarms(subscriptions: offices, client: client, logger: logger))
        }
        let reconcile = configuration.reconcile
        if let every = reconcile.every, offices.contains(where: { $0.office == reconcile.core }) {
            let reconciler = Reconciler(configuration: configuration, client: client, logger: logger)
            companions.append(ReconcileService(reconciler: reconciler, every: every, logger: logger))
        }
        let observers = observability.services(of: client, consumers: offices.count, paused: paused)
        try await ServiceRunner.run(observers + [client] + services + companions, logger: logger)
    }
}
