import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import PrivateBroker
import Testing

/// The broker is away for long, and several writers go on.
@Suite("A long outage", .timeLimit(.minutes(4)))
struct OutageTests {
    private static let writers = 4
    private static let transactions = 500

    /// A writer with a connection of its own: two changes of one record a transaction.
    private static func write(_ app: CoreAppAtWork) async throws {
        let (outbox, database) = (try app.outbox(), try app.database())
        for transaction in 0..<transactions {
            try await database.write { db in
                for _ in 0..<2 {
                    try db.execute(sql: "INSERT INTO changes DEFAULT VALUES")
                    let number = Int(db.lastInsertedRowID)
                    let id = try EventID("\(number)")
                    // All writers change the same records.
                    try outbox.append(
                        EventDraft(
                            try EventType("permit.revised"), about: try Subject("permit/\(transaction % 13)"),
                            ["revision": JSONText(integerLiteral: number), Trace.field(of: id): true], id: id),
                        in: db)
                }
            }
        }
    }

    @Test("drops nothing of what several writers commit meanwhile, and drains in each record's order")
    func drains() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await withFaultProxy(to: site.host.broker.amqpPort) { proxy in
                let app = CoreAppAtWork(
                    url: "amqp://guest:guest@127.0.0.1:\(proxy.port)/\(site.host.name)", file: CoreAppAtWork(site).file)
                let outbox = try app.outbox()
                let count = Self.writers * Self.transactions * 2
                await proxy.refuse()
                await proxy.reset()
                _ = try app.database()
                var isBack = false
                try await app.relay(batch: 200, by: outbox) {
                    if isBack { return try await outbox.status().waiting == 0 }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<Self.writers { group.addTask { try await Self.write(app) } }
                        try await group.waitForAll()
                    }
                    let status = try await outbox.status()
                    #expect(status.waiting == count && status.sent == 0, "nobody was kept from writing")
                    #expect(status.oldestWaiting != nil)
                    try await proxy.heal()
                    isBack = true
                    return false
                }
                let office = OfficeAtWork(site)
                try await office.work { ((try? await office.statistics())?.outcomes[.applied] ?? 0) >= count }
                // One that came after a younger one of its record would have been merged.
                let outcomes = try await office.statistics().outcomes.filter { $0.value > 0 }
                #expect(outcomes[.applied] == count)
                #expect(Set(outcomes.keys).isSubset(of: [.applied, .duplicate, .superseded]), "\(outcomes)")
            }
        }
    }

    @Test("what no office wants is sent, kept by the broker, and counted")
    func unwanted() async throws {
        try await withSite(offices: "  nobody: { events: [\"other.*\"] }\n") { site in
            try "origin: core\noffices: { nobody: { events: [\"other.*\"] } }\noutbox: { sqlite: permits.sqlite }\n"
                .write(
                    to: site.directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let app = CoreAppAtWork(site)
            try await app.write(3, to: try app.database(), by: try app.outbox())
            try await app.relayAll()
            // The broker's own figures are some seconds old.
            try await eventually("it is counted", within: .seconds(60), every: .milliseconds(200)) {
                let answer = try await site.run("outbox", "status", "--json").output
                let status = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
                #expect(status?["sent"] as? Int == 6 && status?["unrouted"] as? Int == 0)
                return status?["unwanted"] as? Int == 6
            }
            // The outbox is told of without the broker, too.
            let alone = try site.start(
                "outbox", "status", "--json", environment: ["LOCKSTEP_MANAGEMENT_URL": "http://127.0.0.1:1/"])
            let ended = await alone.ended()
            let status = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
            #expect(status?["sent"] as? Int == 6 && status?["unwanted"] is NSNull, "\(ended.error)")
        }
    }
}
