import Lockstep
import LockstepHTTP
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ
import ServiceLifecycle
import UnixSignals

enum DomainSnippets {
    static func publish(_ client: RabbitMQClient, _ logger: Logger) async throws -> EventPublisher.Published {
        let core = try Origin("core")
        let publisher = EventPublisher(
            .init(origin: core), transport: RabbitMQTransport(client, logger: logger),
            versions: try SQLiteVersionSource(path: "state/clock.sqlite", origin: core, logger: logger))
        let published = try await publisher.publish(
            EventDraft(
                try EventType("permit.issued"), about: try Subject("permit/24-019651"),
                ["STATUS": "Issued"], scope: try Scope("ward-3"))
        )
        return published
    }

    static func work(
        _ base: RabbitMQClientConfiguration, _ adapter: any Adapter, _ logger: Logger
    ) async throws {
        var configuration = base
        let office = Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("permit.*.ward-3")])
        configuration.topology = OfficeTopology.complete(for: [office])
        let client = RabbitMQClient(configuration: configuration, logger: logger)
        let replica = try SQLiteReplica(
            path: "state/ward-3.sqlite", office: office.office, calendar: [], logger: logger)
        let worker = OfficeWorker(
            office, transport: RabbitMQTransport(client, logger: logger), replica: replica, adapter: adapter,
            logger: logger)
        try await ServiceGroup(services: [client, worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }

    static func webhook(
        _ subscription: Subscription, _ transport: any EventTransport, _ replica: any ReplicaStore, _ secret: String,
        _ logger: Logger
    ) throws -> OfficeWorker {
        let adapter = try WebhookAdapter(
            url: "https://nmb-office1.example/sync_callback", options: WebhookOptions(secret: try WebhookSecret(secret))
        )
        let worker = OfficeWorker(
            subscription, transport: transport, replica: replica, adapter: adapter, logger: logger)
        return worker
    }

    static func received(
        _ secret: String, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) throws -> Event {
        let verifier = WebhookVerifier(secrets: [try WebhookSecret(secret)])
        let request = WebhookRequest(headers: headers, body: body)
        try verifier.verify(request)  // 401 where it throws
        let event = try request.event()  // structured mode, which is signed as a whole; 400 or 415 where it throws
        return event
    }
}
