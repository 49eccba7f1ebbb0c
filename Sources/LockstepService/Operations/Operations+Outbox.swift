public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

extension Operations {
    /// Publishes what waits in the core app's outbox until it is asked to stop (SIGTERM, SIGINT).
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where no retry would help: no outbox, a damaged file, a failed disk.
    public func relay() async throws {
        let observability = Observability(configuration, logger: logger)
        let outbox = try configuredOutbox()
        var settings = OutboxRelay.Configuration()
        settings.keep = configuration.outbox.keep
        settings.batch = configuration.outbox.batch
        let client = configuration.client(named: "relay", logger: logger)
        let transport = RabbitMQTransport(
            client, logger: logger, reportsPublications: configuration.ledger.publications, retriesRefused: false)
        let relay = OutboxRelay(outbox.store, transport: transport, configuration: settings, logger: logger)
        let observers = observability.services(of: client, consumers: 0)
        try await ServiceRunner.run(observers + [client, relay], logger: logger)
    }

    /// Makes the outbox's tables in a core app's database; what is there already stays.
    ///
    /// - Parameter file: An SQLite database; nil: the configured database.
    public func installOutbox(in file: String?) async throws -> OutboxReport {
        let outbox = try configuredOutbox(file)
        try await outbox.install()
        return try await outbox.report()
    }

    /// Puts back what was refused or unrouted, and says how the outbox is doing then.
    public func retryOutbox(by person: String = UserName.current) async throws -> OutboxReport {
        let outbox = try configuredOutbox()
        try await outbox.retry()
        try await note(
            OperatorAction(
                at: WallClock.system.now, person: person, action: "put back", target: "outbox", reason: nil),
            what: "What the outbox had put aside was put back")
        return try await outbox.report()
    }

    /// How the configured outbox is doing; its relay may be at work.
    ///
    /// What no office wants is the broker's to count; where that cannot be asked, the rest is said all the same.
    public func outboxReport() async throws -> OutboxReport {
        var report = try await configuredOutbox().report()
        let queues = try? await configuration.management.queues()
        report.unwanted = queues?.first { $0.name == BrokerName.unrouted }?.total
        return report
    }

    /// The events of the configured outbox that are not published, the oldest first; its relay may be at work.
    ///
    /// - Parameters:
    ///   - place: ``OutboxEventRow/place`` of the last one of the part before; nil: the first part.
    ///   - limit: How many at most.
    /// - Throws: ``/Lockstep/LockstepError``: `invalidConfiguration` where there is no outbox; `invalidName` where the place is
    ///   none.
    public func outboxEvents(
        _ state: OutboxRow.State = .waiting, after place: String? = nil, limit: Int
    ) async throws -> [OutboxEventRow] {
        let position = try place.map { text throws(LockstepError) in try OutboxPosition(place: text) }
        return try await configuredOutbox().listing.rows(state, after: position, limit: limit).map(OutboxEventRow.init)
    }

    private func configuredOutbox(_ file: String? = nil) throws(LockstepError) -> ConfiguredOutbox {
        try ConfiguredOutbox(configuration, file: file, logger: logger)
    }
}
