import Foundation
import GRDB
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Logging
import RabbitMQ
import ServiceLifecycle

/// A core app that writes to its own table and to its outbox, and a relay beside it, in this process.
///
/// An exit test's process can be given it, and be killed with it.
struct CoreAppAtWork: Sendable, Codable {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let url: String
    /// Its database.
    let file: String

    init(_ site: Site) {
        url = site.host.amqpURL
        file = site.directory.appending(path: "permits.sqlite").path
    }

    /// Another way to the broker.
    init(url: String, file: String) {
        self.url = url
        self.file = file
    }

    func outbox() throws -> SQLiteOutbox {
        SQLiteOutbox(path: file, origin: try Origin("core"), safetyLook: .seconds(3600))
    }

    func database() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA journal_mode = wal") }
        let database = try DatabaseQueue(path: file, configuration: configuration)
        let outbox = try outbox()
        try database.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY)")
            try outbox.install(in: db)
        }
        return database
    }

    /// Changes its own data so often, one to three changes a transaction, each with its event.
    func write(_ transactions: Int, to database: DatabaseQueue, by outbox: SQLiteOutbox) async throws {
        for transaction in 0..<transactions {
            try await database.write { db in
                for _ in 0...(transaction % 3) {
                    try db.execute(sql: "INSERT INTO changes DEFAULT VALUES")
                    let number = Int(db.lastInsertedRowID)
                    let id = try EventID("\(number)")
                    try outbox.append(
                        EventDraft(
                            try EventType("permit.revised"), about: try Subject("permit/\(number % 7)"),
                            ["revision": JSONText(integerLiteral: number), Trace.field(of: id): true], id: id),
                        in: db)
                }
            }
        }
    }

    /// Relays until the condition holds, and then finishes what is in hand.
    func relay(
        batch: Int = 20, by outbox: SQLiteOutbox? = nil, until isDone: () async throws -> Bool
    ) async throws {
        var settings = try RabbitMQClientConfiguration(url: url)
        settings.reconnect = ReconnectBackoff(first: .milliseconds(10), longest: .milliseconds(50))
        let client = RabbitMQClient(configuration: settings, logger: Self.quiet)
        var configuration = OutboxRelay.Configuration()
        configuration.batch = batch
        let relay = OutboxRelay(
            try outbox ?? self.outbox(),
            transport: RabbitMQTransport(client, logger: Self.quiet, retriesRefused: false),
            configuration: configuration, logger: Self.quiet)
        let services = ServiceGroup(services: [client, relay], logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await eventually("the relay is done", within: .seconds(60), every: .milliseconds(20), isDone)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Relays all that waits.
    func relayAll() async throws {
        let outbox = try outbox()
        try await relay(by: outbox) { try await outbox.status().waiting == 0 }
    }

    /// Writes and relays until the process is killed; if nobody does that, the process ends by itself.
    func workUntilKilled() async throws {
        let (outbox, database) = (try outbox(), try database())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay(by: outbox) { false } }
            group.addTask { try await write(2_000, to: database, by: outbox) }
            try await group.waitForAll()
        }
    }

    /// How many changes its own table has, and which of them the outbox has.
    func committed() async throws -> (changes: Int, events: [String]) {
        try await database().read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM changes") ?? 0,
                try String.fetchAll(db, sql: "SELECT id FROM lockstep_outbox ORDER BY position")
            )
        }
    }
}
