import FoundationEssentials
import GRDB
import Lockstep
import LockstepPostgres
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import PrivatePostgres
import RabbitMQ
import ServiceLifecycle
import UnixSignals

enum OutboxSnippets {
    static func append(_ number: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)  // the relay has the file open, too
        let database = try DatabaseQueue(path: "permits.sqlite", configuration: configuration)
        let outbox = SQLiteOutbox(path: "permits.sqlite", origin: try Origin("core"))
        try database.write { db in
            try db.execute(sql: "UPDATE permits SET status = 'Issued' WHERE number = ?", arguments: [number])
            try outbox.append(
                EventDraft(
                    try EventType("permit.issued"), about: try Subject("permit/24-019651"), ["status": "Issued"],
                    scope: try Scope("ward-3")),
                in: db)
        }
    }

    static func relay(_ outbox: SQLiteOutbox, _ client: RabbitMQClient, _ logger: Logger) async throws {
        let relay = OutboxRelay(
            outbox, transport: RabbitMQTransport(client, logger: logger, retriesRefused: false), logger: logger)
        try await ServiceGroup(services: [client, relay], gracefulShutdownSignals: [.sigterm], logger: logger).run()
    }

    static func postgres() async throws {
        let database = PostgresConfiguration("postgresql://owner@db.example.org/permits")
        try await OutboxInstallation(origin: Origin("core")).run(on: database)
    }

    static func privatePostgres(_ directory: URL) async throws {
        try await withPrivatePostgres(PrivatePostgresConfiguration(directory: directory)) { server in
            print(server.connectionString, try await server.psql("SELECT version()"))
        }
    }
}
