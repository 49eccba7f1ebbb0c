import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

extension Operations {
    /// Publishes what waits in the core app's outbox until it is asked to stop (SIGTERM, SIGINT).
    ///
    /// - Throws: ``Lockstep/LockstepError`` where no retry would help: no outbox, a damaged file, a failed disk.
    public func relay() async throws {
        let outbox = try configuration.sqliteOutbox()
        var settings = OutboxRelay.Configuration()
        settings.keep = configuration.outbox.keep
        settings.batch = configuration.outbox.batch
        let client = configuration.client(named: "relay", logger: logger)
        let transport = RabbitMQTransport(client, logger: logger)
        let relay = OutboxRelay(outbox, transport: transport, configuration: settings, logger: logger)
        try await ServiceRunner.run([client, relay], logger: logger)
    }

    /// Makes the outbox's tables in a core app's SQLite database; what is there already stays.
    ///
    /// - Parameter file: The database; nil: the configured one.
    public func installOutbox(in file: String?) async throws -> OutboxReport {
        let outbox = try configuration.sqliteOutbox(file)
        try outbox.install()
        return try await report(of: outbox, in: file)
    }

    /// Puts back what was refused or unrouted, and says how the outbox is doing then.
    public func retryOutbox() async throws -> OutboxReport {
        let outbox = try configuration.sqliteOutbox()
        _ = try outbox.retry()
        return try await report(of: outbox, in: nil)
    }

    /// How the configured outbox is doing; its relay may be at work.
    public func outboxReport() async throws -> OutboxReport {
        try await report(of: try configuration.sqliteOutbox(), in: nil)
    }

    private func report(of outbox: SQLiteOutbox, in file: String?) async throws -> OutboxReport {
        let status = try await outbox.status()
        return OutboxReport(
            file: file ?? configuration.outbox.sqlite?.path ?? "",
            waiting: status.waiting,
            oldestWaiting: status.oldestWaiting?.rfc3339,
            sent: status.sent,
            unrouted: status.unrouted,
            refused: status.refused
        )
    }
}

extension Configuration {
    /// The outbox in a core app's SQLite database.
    ///
    /// - Parameter file: The database; nil: the configured one.
    func sqliteOutbox(_ file: String? = nil) throws(LockstepError) -> SQLiteOutbox {
        guard let path = file ?? outbox.sqlite?.path else {
            throw LockstepError(
                .invalidConfiguration,
                "There is no outbox: set 'outbox.sqlite' in \(self.file?.path ?? "lockstep.yaml") to the core app's database."
            )
        }
        return SQLiteOutbox(path: path, origin: try publishingOrigin(), maximumEventSize: limits.event)
    }
}
