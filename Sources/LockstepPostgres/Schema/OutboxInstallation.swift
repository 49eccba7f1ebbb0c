public import Lockstep
public import Logging

/// Makes the outbox in a core app's database, or brings it up to date.
public struct OutboxInstallation: Sendable {
    /// Whose events these are, where a row does not say it.
    public var origin: Origin
    /// The most bytes of one event, data and attributes together; 1 MiB unless set.
    public var maximumEventSize = 1 << 20

    /// An installation for an origin.
    public init(origin: Origin) {
        self.origin = origin
    }

    /// What each step adds; a step that was released is never changed.
    private static let steps = [Schema1.script]

    /// Makes what is not there, and leaves what is: to be called as often as one likes, by several at once, too.
    ///
    /// The account must be allowed to create a schema; core apps need no more than `USAGE` on the schema `lockstep` and
    /// `INSERT` on `lockstep.outbox`.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `storeTooNew` where a newer release was here, `invalidConfiguration` where
    ///   the outbox is another origin's or the account lacks a privilege, or why the database is not available.
    public func run(
        on configuration: PostgresConfiguration, logger: Logger = Logger(label: "lockstep-postgres")
    ) async throws(LockstepError) {
        let connection = PostgresConnection(configuration, purpose: "install", logger: logger)
        // Where it fails the session ends, and with it the transaction.
        let session = try await connection.session()
        do throws(LockstepError) {
            _ = try await connection.query("BEGIN", in: session)
            // Never waits longer than a statement may; then it is another installation that takes so long.
            _ = try await connection.query("SELECT pg_advisory_xact_lock(\(LockSpace.schema), 0)", in: session)
            let done = try await stepsDone(connection)
            for (number, step) in Self.steps.enumerated().dropFirst(done) {
                try await connection.run(
                    script: step + "INSERT INTO lockstep.migrations (number) VALUES (\(number + 1))")
                logger.info("Brought the outbox up to date", metadata: [LogKey.migration: "\(number + 1)"])
            }
            try await settle(connection)
            _ = try await connection.query("COMMIT", in: session)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    private func stepsDone(_ connection: PostgresConnection) async throws(LockstepError) -> Int {
        let found = try await connection.query("SELECT to_regclass('lockstep.migrations') IS NOT NULL")
        if found[0, 0] != "t" {
            try await connection.run(
                script: """
                    CREATE SCHEMA IF NOT EXISTS lockstep;
                    CREATE TABLE lockstep.migrations (
                        number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
                    """)
        }
        let last = try await connection.query("SELECT coalesce(max(number), 0) FROM lockstep.migrations")
        let done = Int(last.integer(0, 0) ?? 0)
        guard done <= Self.steps.count else {
            throw LockstepError(
                .storeTooNew,
                "the outbox in the database was made by a newer release; run that release or a later one")
        }
        return done
    }

    /// Notes the origin, once and for all: versions are its.
    private func settle(_ connection: PostgresConnection) async throws(LockstepError) {
        let noted = try await connection.query(
            """
            INSERT INTO lockstep.settings (origin, largest) VALUES ($1, $2::integer)
            ON CONFLICT (only_row) DO UPDATE SET largest = excluded.largest RETURNING origin
            """,
            [origin.text, "\(maximumEventSize)"])
        guard noted[0, 0] == origin.text else {
            throw LockstepError(
                .invalidConfiguration,
                "the outbox in the database writes events of '\(noted[0, 0] ?? "")' and not of '\(origin)'; "
                    + "name that origin, or use another database")
        }
    }
}
