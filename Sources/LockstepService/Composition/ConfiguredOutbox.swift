import FoundationEssentials
import Lockstep
import LockstepPostgres
import LockstepSQLite
import Logging

/// The outbox that the configuration names, whichever database it is in.
struct ConfiguredOutbox {
    private enum Kind {
        case sqlite(SQLiteOutbox)
        case postgres(PostgresOutbox, PostgresConfiguration, OutboxInstallation)
    }

    private let kind: Kind
    private let shown: String
    private let logger: Logger

    /// - Parameter file: An SQLite database, in the configuration's place.
    /// - Throws: ``/Lockstep/LockstepError`` where there is no outbox, or nobody publishes from here.
    init(_ configuration: Configuration, file: String? = nil, logger: Logger) throws(LockstepError) {
        let database = file.map { .sqlite(URL(filePath: $0)) } ?? configuration.outbox.database
        guard let database else {
            throw LockstepError(
                .invalidConfiguration,
                "There is no outbox: set 'outbox.sqlite' or 'outbox.postgres' in \(configuration.file?.path ?? "lockstep.yaml") "
                    + "to the core app's database."
            )
        }
        let (origin, largest) = (try configuration.publishingOrigin(), configuration.limits.event)
        switch database {
        case .sqlite(let file):
            kind = .sqlite(SQLiteOutbox(path: file.path, origin: origin, maximumEventSize: largest))
        case .postgres(let connection):
            let postgres = PostgresConfiguration(connection)
            var installation = OutboxInstallation(origin: origin)
            installation.maximumEventSize = largest
            kind = .postgres(PostgresOutbox(postgres, logger: logger), postgres, installation)
        }
        shown = database.shown
        self.logger = logger
    }

    /// What a relay works on.
    var store: any OutboxStore {
        switch kind {
        case .sqlite(let outbox): outbox
        case .postgres(let outbox, _, _): outbox
        }
    }

    /// Whose rows can be listed.
    var listing: any OutboxListing {
        switch kind {
        case .sqlite(let outbox): outbox
        case .postgres(let outbox, _, _): outbox
        }
    }

    /// Makes the tables; what is there already stays.
    func install() async throws(LockstepError) {
        switch kind {
        case .sqlite(let outbox): try outbox.install()
        case .postgres(_, let configuration, let installation):
            try await installation.run(on: configuration, logger: logger)
        }
    }

    /// Puts back what was refused or unrouted.
    func retry() async throws(LockstepError) {
        switch kind {
        case .sqlite(let outbox): _ = try outbox.retry()
        case .postgres(let outbox, _, _): try await outbox.retry()
        }
    }

    /// How it is doing.
    func report() async throws(LockstepError) -> OutboxReport {
        OutboxReport(try await store.status(), database: shown)
    }
}

extension OutboxConfiguration.Database {
    /// What people may see: a connection string may hold a password.
    var shown: String {
        switch self {
        case .sqlite(let file): file.path
        case .postgres: "PostgreSQL"
        }
    }
}
