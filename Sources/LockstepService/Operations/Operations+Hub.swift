import Lockstep
import Logging
import RabbitMQ
import ServiceLifecycle

extension Operations {
    /// Answers HTTP, publishes what it is given that way, and works for the offices that have a callback, until it is
    /// asked to stop (SIGTERM, SIGINT).
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where it cannot listen, or must not.
    public func hub() async throws {
        let observability = Observability(configuration, always: true, logger: logger)
        let client = configuration.client(named: "hub", logger: logger)
        let paused = PausedOffices()
        let changes = StoreChanges(configuration, logger: logger)
        let callbacks = callbacks(over: client, changes, paused)
        let service = HubService(
            configuration: configuration, client: client,
            status: observability.content(of: client, consumers: 0, supervisor: callbacks, paused: paused),
            logger: logger)
        let observers = observability.services(of: client, consumers: 0, supervisor: callbacks, paused: paused)
        let alarms = QueueAlarms(changes, of: nil, client: client, logger: logger)
        let telling = PauseTelling(changes: changes, client: client, logger: logger)
        let services: [any Service] = [client, changes, callbacks, alarms, telling, service]
        try await ServiceRunner.run(observers + services, logger: logger)
    }

    /// What posts to the offices that have a callback; the others have workers of their own.
    ///
    /// Followed in the hub's store: offices are made, deleted, paused and resumed while the hub runs.
    private func callbacks(
        over client: RabbitMQClient, _ changes: StoreChanges, _ paused: PausedOffices
    ) -> OfficeSupervisor {
        let (configuration, logger) = (configuration, logger)
        let offices = changes.values { changed in changed.offices.filter { $0.callback != nil } }
        return OfficeSupervisor(
            configuration.offices.filter { $0.callback != nil }, changes: offices, logger: logger
        ) { subscription in
            OfficeService(
                subscription: subscription, configuration: configuration, client: client,
                failing: .triedAgain(after: .seconds(30)), logger: logger, adapter: try subscription.adapter()
            ).obeyingPauses(of: changes, showingIn: paused)
        }
    }
}
