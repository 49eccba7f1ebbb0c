import Lockstep
import LockstepTesting
import Testing

@testable import LockstepPostgres

@Suite("The list of what an outbox in PostgreSQL has", .timeLimit(.minutes(2)))
struct OutboxListingTests {
    @Test("goes by position, in parts, and names what is stuck and why")
    func list() async throws {
        try await withOutbox { site in
            let outbox = site.outbox()
            try await outbox.begin {}
            try await site.write(["permit/1", "permit/2", "permit/3"])
            let entries = try await outbox.claim(atMost: 3, bytes: 1 << 20)
            try await outbox.settle([
                OutboxSettlement(entries[1].position, .refused("too large")),
                OutboxSettlement(entries[2].position, .unrouted),
            ])
            try await site.write(["permit/4"])
            let waiting = try await outbox.rows(.waiting, after: nil, limit: 10)
            #expect(waiting.map(\.subject) == ["permit/1", "permit/4"])
            #expect(
                waiting.allSatisfy { $0.state == .waiting && $0.id != nil && $0.writtenAt != nil && $0.reason == nil })
            #expect(try await outbox.rows(.waiting, after: waiting[0].position, limit: 1) == [waiting[1]])
            let refused = try await outbox.rows(.refused, after: nil, limit: 10)
            #expect(refused.map(\.subject) == ["permit/2"] && refused[0].reason == "too large")
            #expect(try await outbox.rows(.unrouted, after: nil, limit: 10).map(\.subject) == ["permit/3"])
            await outbox.end()
        }
    }

    @Test(
        "reads by an index, in its order, however many rows there are",
        arguments: [(PostgresOutbox.waitingRows, "outbox_pkey"), (PostgresOutbox.stuckRows, "stuck_pkey")])
    func plan(_ question: (sql: String, index: String)) async throws {
        try await withOutbox { site in
            try await site.sql(
                """
                INSERT INTO lockstep.outbox (type, subject) SELECT 'permit.issued', 'permit/' || n
                    FROM generate_series(1, 20000) n;
                INSERT INTO lockstep.stuck SELECT o.*, 'refused', 'why', now() FROM lockstep.outbox o;
                ANALYZE;
                """)
            let sql = question.sql.replacing("$1", with: "5").replacing("$2", with: "50").replacing(
                "$3", with: "'refused'")
            let plan = try await site.sql("EXPLAIN \(sql)")
            #expect(plan.contains("Index Scan using \(question.index)"), "\(plan)")
            #expect(!plan.contains("Sort") && !plan.contains("Seq Scan"), "\(plan)")
        }
    }
}
