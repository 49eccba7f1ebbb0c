import Foundation
import LockstepTesting
import PrivatePostgres
import Testing

/// From a transaction in PostgreSQL to the broker, by the command.
@Suite(.timeLimit(.minutes(3)))
struct PostgresRelayTests {
    @Test func theCommandPublishesWhatIsInserted() async throws {
        try await SharedPostgres.withDatabase { server, database in
            try await withSite(offices: OfficeAtWork.configured) { site in
                try """
                origin: core
                outbox: { postgres: "\(server.connectionString(database: database))", batch: 50 }

                """.write(to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
                let installed = try await site.run("outbox", "install")
                #expect(installed.status == 0, "\(installed.error)")
                #expect(try await site.run("config", "check").output.contains("PostgreSQL"))

                let relays = [try site.start("relay"), try site.start("relay")]
                let rows = (1...300).map {
                    "('permit.issued', 'permit/\($0 % 20)', 'ward-3', '{\"status\":\"Issued\"}')"
                }
                _ = try await server.psql(
                    "INSERT INTO lockstep.outbox (type, subject, scope, data) VALUES \(rows.joined(separator: ","))",
                    database: database)
                try await eventually("all are sent", within: .seconds(60)) {
                    let answer = try await site.run("outbox", "status", "--json").output
                    let status = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
                    return status?["sent"] as? Int == 300 && status?["waiting"] as? Int == 0
                }
                #expect(try await OfficeAtWork(site).waiting() == 300, "each once, though two relays are at work")
                for relay in relays {
                    relay.signal(SIGTERM)
                    let ended = await relay.ended()
                    #expect(ended.status == 0, "\(ended.error)")
                    #expect(!ended.error.contains(database), "no connection string in the log")
                }
            }
        }
    }

    @Test func anOutboxIsInOneDatabase() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try "origin: core\noutbox: { sqlite: a.sqlite, postgres: \"dbname=x password=secret\" }\n".write(
                to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let checked = try await site.run("config", "check")
            #expect(checked.status == 78)
            #expect(checked.error.contains("'sqlite' and 'postgres' are both there"))
            #expect(!(checked.error + checked.output).contains("secret"))
        }
    }

    @Test func whatWasRefusedIsPutBack() async throws {
        try await SharedPostgres.withDatabase { server, database in
            try await withSite(offices: OfficeAtWork.configured) { site in
                try "origin: core\noutbox: { postgres: \"\(server.connectionString(database: database))\" }\n".write(
                    to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
                #expect(try await site.run("outbox", "install").status == 0)
                _ = try await server.psql(
                    """
                    INSERT INTO lockstep.outbox (type, subject, data) VALUES ('permit.issued', 'permit/1', '{}');
                    WITH gone AS (DELETE FROM lockstep.outbox RETURNING *)
                    INSERT INTO lockstep.stuck SELECT *, 'refused', 'for the test', now() FROM gone;
                    """, database: database)
                let retried = try await site.run("outbox", "retry", "--json")
                #expect(retried.status == 0, "\(retried.error)")
                let status = try JSONSerialization.jsonObject(with: Data(retried.output.utf8)) as? [String: Any]
                #expect(status?["waiting"] as? Int == 1)
                #expect(status?["refused"] as? Int == 0)
                #expect(try await site.actions() == ["put back outbox × 1"])
            }
        }
    }
}
