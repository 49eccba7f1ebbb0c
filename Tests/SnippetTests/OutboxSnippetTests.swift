import Foundation
import GRDB
import Lockstep
import LockstepPostgres
import LockstepSQLite
import LockstepTesting
import Logging
import PrivatePostgres
import Testing

@Suite("Snippets that write to an outbox", .timeLimit(.minutes(2)))
struct OutboxSnippetTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func snippets(_ language: String, writingTo table: String) throws -> [Snippet] {
        try Snippet.all().filter { $0.language == language && $0.text.contains("INTO \(table) ") }
    }

    /// Runs a program in a directory, which must end well.
    private static func run(_ program: String, _ arguments: [String], in directory: URL) throws {
        let ended = try ShortProgram.run(program, arguments, in: directory)
        #expect(ended.status == 0, "\(ended.error)")
    }

    /// Has a core app's database written to, and looks at what a relay finds there.
    private static func withPermits(_ write: (URL) throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "permits.sqlite").path
            let outbox = SQLiteOutbox(path: path, origin: try Origin("core"))
            let database = try DatabaseQueue(path: path)
            try await database.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE permits (number TEXT PRIMARY KEY, status TEXT);
                        INSERT INTO permits VALUES ('24-019651', 'Applied');
                        """)
                try outbox.install(in: db)
            }
            try write(directory)
            try await outbox.begin {}
            let entries = try await outbox.claim(atMost: 10, bytes: 1 << 20)
            await outbox.end()
            let event = try #require(entries.first).event.get()
            #expect(entries.count == 1 && event.type.text == "permit.issued")
            #expect(event.subject.text == "permit/24-019651" && event.scope?.text == "ward-3")
            #expect(event.data.fields.first?.value == "Issued" && event.source.text == "core")
            let status = try await database.read { try String.fetchOne($0, sql: "SELECT status FROM permits") }
            #expect(status == "Issued")
        }
    }

    @Test("SQL for SQLite, by its own shell")
    func sqlite() async throws {
        let snippets = try Self.snippets("sql", writingTo: "lockstep_outbox")
        #expect(snippets.count >= 2)
        for snippet in snippets {
            try await Self.withPermits { directory in
                try Self.run("/usr/bin/sqlite3", ["-bail", "permits.sqlite", snippet.text], in: directory)
            }
        }
    }

    @Test("Python for SQLite")
    func python() async throws {
        let snippets = try Self.snippets("python", writingTo: "lockstep_outbox")
        #expect(!snippets.isEmpty)
        for snippet in snippets {
            try await Self.withPermits { directory in
                let program = "import json, sqlite3\nnumber = '24-019651'\n" + snippet.text
                try Self.run("/usr/bin/env", ["python3", "-c", program], in: directory)
            }
        }
    }

    /// All of the page, in its order: what accounts are allowed, an event, a trigger that writes one, and a look.
    @Test("SQL for PostgreSQL, by its own shell")
    func postgres() async throws {
        let page = try Snippet.all().filter { $0.page.hasSuffix("/WritingEvents.md") && $0.language == "sql" }
        #expect(page.count >= 5 && page.contains { $0.text.contains("INTO lockstep.outbox ") })
        try await SharedPostgres.withDatabase { server, database in
            let configuration = PostgresConfiguration(server.connectionString(database: database))
            try await OutboxInstallation(origin: try Origin("core")).run(on: configuration, logger: Self.quiet)
            let roles = ["permits_app", "lockstep_relay"].map { role in
                "DO $$ BEGIN CREATE ROLE \(role); EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
            }
            _ = try await server.psql(roles.joined(), database: database)
            _ = try await server.psql(
                """
                CREATE TABLE permits (number text PRIMARY KEY, status text);
                INSERT INTO permits VALUES ('24-019651', 'Applied');
                GRANT SELECT, UPDATE ON permits TO permits_app;
                """, database: database)
            for snippet in page {
                // Who may do what is the owner's business; all else the core app's account, or whoever looks, can do.
                let isAppWork = snippet.text.contains("UPDATE permits SET")
                _ = try await server.psql(
                    (isAppWork ? "SET ROLE permits_app;" : "") + snippet.text, database: database)
            }
            _ = try await server.psql(
                "SET ROLE permits_app; UPDATE permits SET status = 'Final' WHERE number = '24-019651'",
                database: database)
            let written = try await server.psql(
                "SELECT type, subject, data->>'status', source FROM lockstep.outbox ORDER BY position",
                database: database)
            #expect(
                written.split(separator: "\n") == [
                    "permit.issued|permit/24-019651|Issued|core", "permit.changed|permit/24-019651|Final|core",
                ])
        }
    }
}
