import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// The ledger as a process of its own, over a real broker: what is reported is known, whatever happens to it.
@Suite("The ledger", .timeLimit(.minutes(5)), .serialized)
struct LedgerTests {
    /// Deliveries that offices have spoken of, each with its state.
    private static func entries(_ site: Site, about subject: String) async throws -> [LedgerEntry] {
        try await site.ledger.entries(about: try Subject(subject), limit: 1_000)
    }

    @Test("says who has an event, and who does not, and why")
    func status() async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            let ledger = try await site.startLedger()
            let published = try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", #"{"a":1}"#)
            #expect(published.status == 0, "\(published.error)")
            try await eventually("the publication is known") {
                try await Self.entries(site, about: "permit/1").first?.publication != nil
            }
            let entry = try #require(try await Self.entries(site, about: "permit/1").first)
            let event = Self.event(entry)
            var status = try await site.status(of: entry.event.text)
            #expect(status.exit == 1)
            #expect(status.answer?.states == ["ward-3: no word yet", "city-hall: no word yet"])
            #expect(status.answer?.events.map(\.publication) == ["confirmed"])

            try await site.report("ward-3", of: [event])
            let until = Timestamp(microseconds: WallClock.system.now.microseconds + 30_000_000)
            try await site.report("city-hall", .waiting(until: until, reason: "the disk is full"), of: [event])
            try await eventually("both have spoken") {
                try await Self.entries(site, about: "permit/1").first?.deliveries.count == 2
            }
            for name in [entry.event.text, "permit/1"] {
                status = try await site.status(of: name)
                #expect(status.exit == 1)
                #expect(status.answer?.states == ["ward-3: applied", "city-hall: waiting"])
                #expect(status.answer?.offices.last?.reason == "the disk is full")
            }
            let waiting = try await site.run("deliveries", "--office", "city-hall", "--only", "waiting", "--json")
            #expect(waiting.status == 0 && waiting.output.contains(entry.event.text), "\(waiting.output)")
            let others = try await site.run("deliveries", "--about", "permit/1", "--only", "applied")
            #expect(others.output.contains("ward-3") && !others.output.contains("city-hall"))
            #expect(try await site.run("deliveries", "--only", "lost").status == 64)
            #expect(try await site.run("deliveries", "--office", "ward-33").error.contains("did you mean 'ward-3'"))
            let table = try await site.run("status", "permit/1")
            #expect(table.output.contains("the disk is full") && table.output.contains("permit.issued, ward-3"))

            try await site.report("city-hall", of: [event], attempt: 2)
            try await eventually("all have it") { try await site.status(of: "permit/1").exit == 0 }
            #expect(try await site.run("status", "permit/2").status == 64)
            ledger.signal(SIGTERM)
            #expect(await ledger.ended().status == 0)
        }
    }

    @Test("takes in what was reported while it was away, once, and what is reported again")
    func restart() async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            var trace = Trace()
            try await trace.publish(300, about: ["permit/1"], to: site.host.amqpURL)
            for round in 0..<3 {
                let ledger = try await site.startLedger()
                try await site.report("ward-3", of: Array(trace.events.prefix(200)), batch: 20)
                // In the middle of it.
                if round == 1 { ledger.signal(SIGKILL) } else { ledger.signal(SIGTERM) }
                let status = await ledger.ended().status
                #expect(status == (round == 1 ? SIGKILL : 0))
                try await site.report("ward-3", .done(.duplicate), of: Array(trace.events.prefix(250)), batch: 20)
            }
            let ledger = try await site.startLedger()
            // What comes last in the queue is taken in last.
            try await site.report("ward-3", of: Array(trace.events.suffix(1)))
            try await eventually("all is taken in") {
                try await Self.entries(site, about: "permit/1").count == 251
            }
            ledger.signal(SIGTERM)
            #expect(await ledger.ended().status == 0)
            let entries = try await Self.entries(site, about: "permit/1")
            let outcomes = entries.flatMap { $0.deliveries.values.map(\.done?.outcome) }
            #expect(outcomes.count { $0 == .applied } == 201, "a copy takes nothing back")
            #expect(outcomes.count { $0 == .duplicate } == 50)
            try await eventually("the broker has no report left") { try await site.waitingReports(consumers: 0) == 0 }
        }
    }

    @Test("that is killed between its commit and its acknowledgement loses and doubles nothing")
    func killed() async throws {
        try await withSite(offices: Site.ledgerOffices) { site in
            var trace = Trace()
            try await trace.publish(101, about: ["permit/1"], to: site.host.amqpURL)
            try await site.report("ward-3", of: Array(trace.events.prefix(100)), batch: 10)
            // The first batch is one report, since a new consumer is careful.
            let ledger = try site.start("ledger", environment: ["LOCKSTEP_CRASH": "entered:2"])
            #expect(await ledger.ended().status == SIGKILL)
            let before = try await Self.entries(site, about: "permit/1")
            #expect(before.count > 10, "the second batch is in the file")

            let next = try await site.startLedger()
            // What comes last in the queue is taken in last, when all that came again is.
            try await site.report("ward-3", of: Array(trace.events.suffix(1)))
            try await eventually("all is taken in") {
                try await Self.entries(site, about: "permit/1").count == 101
            }
            next.signal(SIGTERM)
            #expect(await next.ended().status == 0)
            let after = try await Self.entries(site, about: "permit/1")
            #expect(after.allSatisfy { $0.deliveries.count == 1 })
            #expect(after.suffix(before.count) == before[...], "what came again has changed nothing")
            try await eventually("the broker has no report left") { try await site.waitingReports(consumers: 0) == 0 }
        }
    }

    /// The event of an entry, as far as a receipt needs it.
    static func event(_ entry: LedgerEntry) -> Event {
        guard let publication = entry.publication else { preconditionFailure("its publication was waited for") }
        return Event(
            id: entry.event, source: publication.source, type: publication.type, subject: entry.subject,
            time: publication.acceptedAt, scope: publication.scope, version: entry.version, data: JSONObject())
    }
}
