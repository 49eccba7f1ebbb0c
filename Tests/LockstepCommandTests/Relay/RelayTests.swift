import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Synchronization
import Testing

/// From a core app's transaction to the broker, by the command and in the core app's own process.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct RelayTests {
    /// Any program that can write to the database.
    private static func insert(_ file: String, _ statements: String) async throws -> ChildCommand.Ended {
        try await ChildCommand(
            URL(filePath: "/usr/bin/sqlite3"), ["-bail", file, ".timeout 20000", statements], environment: [:]
        ).ended()
    }

    @Test func theCommandPublishesWhatAnotherProgramInserts() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let file = CoreAppAtWork(site).file
            #expect(try await Self.insert(file, "CREATE TABLE permits (number, status);").status == 0)
            #expect(try await site.run("outbox", "status").status == 78, "no outbox is configured")
            #expect(try await site.run("relay").status == 78)
            #expect(try await site.run("outbox", "install", file).status == 0)
            try "origin: core\noutbox: { sqlite: permits.sqlite, keep: 0s, batch: 50 }\n".write(
                to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)

            let early = "INSERT INTO lockstep_outbox (id, type, subject) VALUES ('e-0', 'policy.noted', 'policy/1');"
            #expect(try await Self.insert(file, early).status == 0)
            let list = try await site.run("outbox", "list", "--json").output
            let rows = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]]
            #expect(rows?.count == 1 && rows?[0]["event"] as? String == "e-0", "\(list)")
            #expect(rows?[0]["state"] as? String == "waiting" && rows?[0]["place"] as? String == "1", "\(list)")
            #expect(!(try await site.run("outbox", "list", "--after", "1", "--json").output.contains("e-0")))
            #expect(try await site.run("outbox", "list", "--only", "refused").status == 0)
            #expect(try await site.run("outbox", "list", "--only", "sent").status == 64)
            #expect(try await Self.insert(file, "DELETE FROM lockstep_outbox").status == 0)

            let relay = try site.start("relay")
            let written = try await Self.insert(
                file,
                """
                BEGIN; INSERT INTO permits VALUES (1, 'Issued');
                INSERT INTO lockstep_outbox (type, subject, scope, data) \
                VALUES ('permit.issued', 'permit/1', 'ward-3', '{"status":"Issued"}'); COMMIT;
                """
            )
            #expect(written.status == 0, "\(written.error)")
            try await eventually("it is sent, and its row is purged") {
                let answer = try await site.run("outbox", "status", "--json").output
                let status = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
                let rows = try await Self.insert(file, "SELECT count(*) FROM lockstep_outbox").output
                return status?["sent"] as? Int == 1 && status?["waiting"] as? Int == 0 && rows == "0\n"
            }
            #expect(try await OfficeAtWork(site).waiting() == 1)
            #expect(try await OfficeAtWork(site).reported() == 1, "the ledger hears of it, too")

            let second = try site.start("relay")
            try await eventually("the second one stands by") { second.errorSoFar.contains("stands by") }
            second.signal(SIGTERM)
            #expect(await second.ended().status == 0)
            relay.signal(SIGTERM)
            let ended = await relay.ended()
            #expect(ended.status == 0, "\(ended.error)")
        }
    }

    @Test func theBacklogOfAnOutageDrainsInOrder() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await withFaultProxy(to: site.host.broker.amqpPort) { proxy in
                let app = CoreAppAtWork(
                    url: "amqp://guest:guest@127.0.0.1:\(proxy.port)/\(site.host.name)", file: CoreAppAtWork(site).file)
                let (outbox, database) = (try app.outbox(), try app.database())
                try await app.relay(by: outbox) {
                    try await app.write(30, to: database, by: outbox)
                    try await eventually("the broker has it") { try await outbox.status().waiting == 0 }
                    await proxy.refuse()
                    await proxy.reset()
                    // The core app goes on writing, and nothing is sent.
                    try await app.write(200, to: database, by: outbox)
                    let status = try await outbox.status()
                    #expect(status.sent == 60 && status.waiting == 399)
                    try await proxy.heal()
                    try await eventually("the backlog is gone") { try await outbox.status().waiting == 0 }
                    return true
                }
                let office = OfficeAtWork(site)
                try await office.work { (try? await office.statistics())?.outcomes[.applied] == 459 }
                #expect(
                    try await office.statistics().outcomes.allSatisfy {
                        [.applied, .duplicate, .superseded].contains($0.key) || $0.value == 0
                    })
            }
        }
    }

    /// Without `lockstep.unrouted` the broker gives them back; they are marked, and counted.
    @Test func whatCanGoNowhereIsCounted() async throws {
        try await withSite(offices: "  nobody: { events: [\"other.*\"] }\n") { site in
            let app = CoreAppAtWork(site)
            let (outbox, database) = (try app.outbox(), try app.database())
            try await app.write(1, to: database, by: outbox)
            try await app.relayAll()
            var status = try await outbox.status()
            #expect(status.sent == 1 && status.unrouted == 0, "the broker keeps it in lockstep.unrouted")
            try await withClient(of: site.host.amqpURL) { try await $0.delete(exchange: "lockstep.unrouted") }
            try await app.write(1, to: database, by: outbox)
            try await app.relayAll()
            status = try await outbox.status()
            #expect(status.sent == 1 && status.unrouted == 1)
            // Nobody has it but the outbox: it is published again when somebody has mended that, and says so.
            #expect(try await site.run("topology", "apply").status == 0)
            #expect(try outbox.retry() == 1)
            try await app.relayAll()
            status = try await outbox.status()
            #expect(status.sent == 2 && status.unrouted == 0)
        }
    }

    /// The exchange is missing: nothing is lost, and it is sent as soon as somebody has declared it.
    @Test func whatABrokerHasNoExchangeForWaits() async throws {
        try await withSite(offices: OfficeAtWork.configured, applying: false) { site in
            let app = CoreAppAtWork(site)
            let (outbox, database) = (try app.outbox(), try app.database())
            try await app.write(3, to: database, by: outbox)
            let looks = Mutex(0)
            try await app.relay(by: outbox) {
                let look = looks.withLock { looks in
                    looks += 1
                    return looks
                }
                if look == 10 {
                    #expect(try await outbox.status().sent == 0)
                    #expect(try await site.run("topology", "apply").status == 0)
                }
                return try await outbox.status().waiting == 0
            }
            // What came before the office's queue was bound is kept with what nobody wanted.
            let unrouted = try await withClient(of: site.host.amqpURL) {
                try await $0.inspect(queue: "lockstep.unrouted")?.messages
            }
            let left = try await outbox.status().unrouted
            #expect(try await (OfficeAtWork(site).waiting() ?? 0) + (unrouted ?? 0) + left >= 6)
        }
    }
}
