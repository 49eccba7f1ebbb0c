import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// `lockstep publish --wait`: done when the offices are.
@Suite("Publishing and waiting", .timeLimit(.minutes(3)), .serialized)
struct WaitingTests {
    private static let event = ["permit.issued", "--about", "permit/1", "--scope", "ward-3", #"{"a":1}"#]

    /// What was published about a record, as soon as the ledger has heard of it.
    private static func published(_ site: Site, _ count: Int = 1) async throws -> [Event] {
        try await eventually("the publication is known") {
            try await site.ledger.entries(about: try Subject("permit/1"), limit: 10).count { $0.publication != nil }
                == count
        }
        return try await site.ledger.entries(about: try Subject("permit/1"), limit: 10).map(LedgerTests.event)
    }

    @Test("without a ledger, says so and publishes nothing")
    func noLedger() async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            let ended = try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--wait", #"{"a":1}"#)
            #expect(ended.status == 69)
            #expect(ended.error.contains("No ledger is running"))
            #expect(ended.error.contains("nothing was published"))
            #expect(try await site.waitingReports(consumers: 0) == 0)
        }
    }

    @Test("ends when every office that wants the event has it", arguments: [false, true])
    func everyOffice(fromFile: Bool) async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            let ledger = try await site.startLedger()
            let line = #"{"type":"permit.issued","subject":"permit/1","scope":"ward-3","data":{"a":1}}"#
            let publishing =
                fromFile
                ? try site.start("publish", "--from", "-", "--wait", input: line)
                : try site.start(
                    "publish", Self.event[0], Self.event[1], Self.event[2], "--wait", Self.event[3], Self.event[4],
                    Self.event[5])
            let events = try await Self.published(site)
            try await site.report("ward-3", of: events)
            try await eventually("one has it") {
                try await site.ledger.entries(of: events[0].id).first?.deliveries.count == 1
            }
            #expect(publishing.isRunning, "the other one has not said anything")
            try await site.report("city-hall", .done(.merged), of: events)
            let ended = await publishing.ended()
            #expect(ended.status == 0, "\(ended.error)")
            #expect(ended.output.contains("every subscribed office"))
            ledger.signal(SIGTERM)
            _ = await ledger.ended()
        }
    }

    @Test("names the offices that do not have it in time, and why")
    func inVain() async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            let ledger = try await site.startLedger()
            let silent = try await site.run(
                "publish", Self.event[0], Self.event[1], Self.event[2], Self.event[3], Self.event[4], "--wait=200ms",
                Self.event[5])
            #expect(silent.status == 1)
            #expect(silent.error.contains("ward-3, city-hall"))
            #expect(silent.output.contains("no word yet"))

            // What nobody will try again is an answer: it need not be waited for.
            let publishing = try site.start(
                "publish", Self.event[0], Self.event[1], Self.event[2], Self.event[3], Self.event[4], "--wait=60s",
                "--json", Self.event[5])
            let newest = try #require(try await Self.published(site, 2).first)
            try await site.report("ward-3", of: [newest])
            try await site.report("city-hall", .dead(reason: "no such slot"), of: [newest])
            let ended = await publishing.ended()
            #expect(ended.status == 1)
            #expect(ended.output.contains("dead: no such slot"))
            #expect(ended.error.contains("city-hall") && !ended.error.contains("ward-3"))
            ledger.signal(SIGTERM)
            _ = await ledger.ended()
        }
    }
}
