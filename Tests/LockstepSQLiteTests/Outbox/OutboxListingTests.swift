import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

@Suite("The list of what an outbox has", .timeLimit(.minutes(1)))
struct OutboxListingTests {
    @Test("goes by position, in parts, and names what is stuck and why; with and without a relay")
    func list() async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory)
            for number in 1...5 { try await app.append(number) }
            func expectAll() async throws {
                let waiting = try await app.outbox.rows(.waiting, after: nil, limit: 10)
                #expect(waiting.map(\.position.number) == [1, 3, 5])
                #expect(
                    waiting.allSatisfy {
                        $0.state == .waiting && $0.id != nil && $0.writtenAt != nil && $0.reason == nil
                    })
                #expect(waiting.map(\.subject) == ["permit/1", "permit/3", "permit/5"])
                #expect(waiting.map(\.type) == Array(repeating: "permit.issued", count: 3))
                let part = try await app.outbox.rows(.waiting, after: OutboxPosition(1), limit: 1)
                #expect(part == [waiting[1]])
                let refused = try await app.outbox.rows(.refused, after: nil, limit: 10)
                #expect(refused.map(\.position.number) == [2] && refused[0].reason == "too large")
                #expect(try await app.outbox.rows(.unrouted, after: nil, limit: 10).map(\.position.number) == [4])
                #expect(try await app.outbox.rows(.unrouted, after: OutboxPosition(4), limit: 10).isEmpty)
            }
            try await app.outbox.begin {}
            try await app.outbox.settle([
                OutboxSettlement(OutboxPosition(2), .refused("too large")),
                OutboxSettlement(OutboxPosition(4), .unrouted),
            ])
            try await expectAll()
            await app.outbox.end()
            try await expectAll()
        }
    }

    /// However many wait: no row is read that is not returned, and none is sorted.
    @Test(arguments: [
        (OutboxTable.waitingRows, "lockstep_outbox_waiting", 2), (OutboxTable.stuckRows, "lockstep_outbox_stuck", 3),
    ])
    func everyQuestionHasItsIndex(_ question: String, _ index: String, _ count: Int) async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory)
            let plan = try await app.database.read { db in
                try Row.fetchAll(
                    db, sql: "EXPLAIN QUERY PLAN \(question)",
                    arguments: StatementArguments(Array(repeating: 5, count: count))
                ).map { $0["detail"] as String }
            }
            #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH") && plan[0].contains(index), "\(plan)")
        }
    }
}
