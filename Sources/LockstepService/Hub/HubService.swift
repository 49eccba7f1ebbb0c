import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepServer
import Logging
import RabbitMQ
import ServiceLifecycle

/// The hub at work: its files are opened, then it answers HTTP, and publishes what it is given.
struct HubService: Service {
    let configuration: Configuration
    let client: RabbitMQClient
    /// What is served of the whole process.
    let status: StatusServer.Content
    let logger: Logger

    func run() async throws {
        let access = try SQLiteAccess(path: configuration.accessFile)
        let intake = try SQLiteIntake(
            path: configuration.hubOutboxFile, origin: try configuration.origin ?? Origin("hub"),
            maximumEventSize: configuration.limits.event, keep: configuration.outbox.keep)
        // A file that was closed in good order need not be checked when it is opened again.
        defer {
            try? access.close()
            try? intake.close()
        }
        try checkExposure(isOpen: try await access.isEmpty())
        var operations = Operations(configuration, logger: logger)
        operations.client = client
        operations.offices = CurrentOffices(configuration)
        let long = LongOperations(configuration, logger: logger)
        let backend = HubOperations(
            base: operations, access: access, intake: intake, status: status, long: long)
        let server = HubServer(settings, backend: backend, logger: logger)
        // Services are shut down in reverse order: what was accepted is answered, what takes long is stopped, and what was
        // accepted is published.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [relay(of: intake), long, server].map { .init(service: $0) }, logger: logger))
        try await group.run()
    }

    private func relay(of intake: SQLiteIntake) -> any Service {
        var settings = OutboxRelay.Configuration()
        settings.keep = configuration.outbox.keep
        settings.batch = configuration.outbox.batch
        let transport = RabbitMQTransport(
            client, logger: logger, reportsPublications: configuration.ledger.publications, retriesRefused: false)
        return OutboxRelay(intake.outbox, transport: transport, configuration: settings, logger: logger)
    }

    private var settings: HubServer.Settings {
        let hub = configuration.hub
        var settings = HubServer.Settings()
        settings.host = hub.listen.host
        settings.port = hub.listen.port
        settings.tls = hub.tls.map { ($0.certificate.path, $0.key.path) }
        settings.limits = RequestLimits(
            size: hub.requests.size, rate: hub.requests.rate, burst: hub.requests.burst, patience: hub.requests.within)
        settings.checksHost = hub.listen.isLoopback && !hub.exposed
        return settings
    }

    private func checkExposure(isOpen: Bool) throws(LockstepError) {
        let listen = configuration.hub.listen
        guard isOpen, !listen.isLoopback else { return }
        guard configuration.hub.exposed else {
            throw LockstepError(
                .invalidConfiguration,
                "The hub is to listen on \(listen), which other machines reach, and there is no token: everybody could do "
                    + "everything. Make one with 'lockstep tokens create', or say hub.exposed: true.")
        }
        logger.warning(
            "There is no token: whoever reaches the hub may do everything",
            metadata: ["address": "\(listen)", "remedy": "lockstep tokens create"])
    }
}
