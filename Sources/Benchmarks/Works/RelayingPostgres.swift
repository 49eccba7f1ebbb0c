import ArgumentParser
import FoundationEssentials
import Lockstep
import LockstepPostgres
import Logging
import PrivatePostgres

/// What the works over PostgreSQL are told, beside the rest.
struct PostgresOptions: ParsableArguments {
    @OptionGroup var work: WorkOptions
    @Option(help: "Where the server's files go; made anew.") var directory: String

    /// Runs the closure with a server of its own, whose commits are on disk, and an outbox in it.
    func withOutbox(_ body: (PrivatePostgres, PostgresOutbox) async throws -> Void) async throws {
        var configuration = PrivatePostgresConfiguration(directory: URL(filePath: directory))
        configuration.isDurable = true
        try await withPrivatePostgres(configuration, logger: .benchmark) { server in
            let settings = PostgresConfiguration(server.connectionString)
            try await OutboxInstallation(origin: try Origin("core")).run(on: settings, logger: .benchmark)
            try await body(server, PostgresOutbox(settings, safetyLook: .seconds(3_600), logger: .benchmark))
        }
    }
}

/// The same client publishes events, and then relays as many out of an outbox in PostgreSQL.
struct RelayPostgres: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-postgres", abstract: "Publishes events plainly, then through an outbox in PostgreSQL.")
    @OptionGroup var options: PostgresOptions

    func run() async throws {
        let count = options.work.count
        try await options.withOutbox { server, outbox in
            // About as large as the office's events.
            _ = try await server.psql(
                """
                INSERT INTO lockstep.outbox (type, subject, scope, data)
                SELECT 'permit.changed', 'permit/24-' || (random() * 4999)::int, 'ward-' || (i % 8),
                    jsonb_build_object('status', 'Issued', 'fee', i % 997, 'inspector', 'I. Nspector',
                        'visit', '2026-01-10T09:30:00Z', 'open', i % 2, 'note',
                        'Footings were inspected and found to be as drawn; the next visit is number ' || i)
                FROM generate_series(1, \(count)) AS i;
                CHECKPOINT
                """, within: .seconds(280))
            try await RelayMeasurement(options.work, named: "relay-postgres").run(outbox)
        }
    }
}

/// One event at a time in an outbox that is idle, written by a session of the core app's own.
struct RelayOnePostgres: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-one-postgres", abstract: "Relays one event at a time out of PostgreSQL.")
    @OptionGroup var options: PostgresOptions

    func run() async throws {
        try await options.withOutbox { server, outbox in
            let app = PostgresOutbox(PostgresConfiguration(server.connectionString), logger: .benchmark)
            try await RelayMeasurement(options.work, named: "relay-one-postgres").runSingly(outbox) { number in
                let type = try EventType("permit.changed")
                try await app.append([EventDraft(type, about: try Subject("permit/\(number)"))])
            }
        }
    }
}
