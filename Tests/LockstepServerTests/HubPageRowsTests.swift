import Lockstep
import LockstepServer
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepService

/// What the hub's page shows of offices and dead letters.
@Suite("The rows of the hub's page")
struct HubPageRowsTests {
    private static func office(
        _ name: String, dead: Int = 0, consumers: Int = 1, reason: String? = nil, paused: OfficePause.Cause? = nil
    ) throws -> OfficeRow {
        let now = Timestamp(microseconds: 60_000_000)
        let since = Timestamp(microseconds: 0)
        var row = OfficeRow(
            office: name, ready: 1_234, unacknowledged: nil, waiting: 0, dead: dead, consumers: consumers, rateIn: 0.5,
            rateOut: 0,
            breaker: OfficeBreaker(
                BreakerReport(
                    since: since, reason: reason, nextProbe: reason.map { _ in now.advanced(by: .seconds(9)) }),
                at: now))
        row.paused = try paused.map {
            PauseValue(
                OfficePause(
                    office: try OfficeName(name), since: since, person: "ada", reason: "new tables", cause: $0))
        }
        return row
    }

    @Test("an office shows its breaker's state and why, and who paused it and why")
    func offices() throws {
        let table = OfficesOnPage([
            try Self.office("calm"), try Self.office("down", reason: "connection refused"),
            try Self.office("held", consumers: 0, paused: .operator),
            try Self.office("gone", consumers: 0, paused: .gone), try Self.office("alone", consumers: 0),
            try Self.office("dead", dead: 3),
        ]).table
        #expect(table.urgent == [1, 3, 4, 5])
        #expect(table.rows.allSatisfy { $0.count == table.columns.count })
        #expect(table.rows[0].suffix(2) == ["closed", "-"])
        #expect(table.rows[1].suffix(2).first == "open for 1 m, tried again in 9 s: connection refused")
        #expect(table.rows[2].last == "since 1970-01-01T00:00:00Z by ada (operator): new tables")
        #expect(table.rows[2][1...3] == ["none", "1,234", "-"])
    }

    @Test("dead letters are looked at when their number is another one, and not where there are too many")
    func causes() async throws {
        let page = CausesOnPage()
        let looked = Mutex<[String]>([])
        func shown(_ offices: (office: String, dead: Int)...) async throws -> [Int?] {
            try await page.causes(of: offices) { office in
                looked.withLock { $0.append(office) }
                return [
                    DeadLetterCauseRow(
                        cause: "c", errorClass: "refused", reason: "no day", count: 1, returned: 0, oldest: nil,
                        newest: nil, example: "e")
                ]
            }.map { $0.causes?.count }
        }
        #expect(try await shown(("a", 3), ("b", 1)) == [1, 1])
        #expect(try await shown(("a", 3), ("b", 2)) == [1, 1])
        #expect(looked.withLock { $0 } == ["a", "b", "b"])
        #expect(try await shown(("a", CausesOnPage.most + 1), ("b", CausesOnPage.most)) == [nil, 1])
        // What is gone and comes again is looked at again.
        #expect(try await shown(("b", CausesOnPage.most)) == [1])
        #expect(try await shown(("a", 3)) == [1])
        #expect(looked.withLock { $0 } == ["a", "b", "b", "b", "a"])
    }
}
