import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

@testable import LockstepService

/// What offices leave behind that are deleted.
@Suite("What a deleted office leaves", .timeLimit(.minutes(3)), .serialized)
struct OfficeRemainsTests {
    private static let dead = "lockstep.office.registry.dead"

    @Test("its dead-letter queue goes with its last letter, and not before")
    func lastLetter() async throws {
        try await SubscriptionSite.with { site in
            let operations = site.operations
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            for id in ["1", "2"] { try await site.publish(id, "a.x") }
            _ = try await operations.deleteSubscription("registry", moves: true)
            let office = try await operations.officeWithDeadLetters("registry")
            #expect(try await operations.discardDeadLetters(.ids(["1"]), of: office, reason: "x").count == 1)
            #expect(try await site.depth(Self.dead) == 1)
            #expect(try await operations.discardDeadLetters(.ids(["2"]), of: office, reason: "x").count == 1)
            #expect(try await site.depth(Self.dead) == nil)
            // That of an office that is there stays.
            let letter = Message(body: [], properties: MessageProperties(messageID: "3"))
            #expect(try await site.client.publish(letter, to: "lockstep.dead", routingKey: "declared") == .confirmed)
            _ = try await operations.discardDeadLetters(.all, of: try OfficeName("declared"), reason: "x")
            #expect(try await site.depth("lockstep.office.declared.dead") == 0)
        }
    }

    @Test("'topology apply' deletes it when it is empty and nothing can come to it any more")
    func apply() async throws {
        try await SubscriptionSite.with { site in
            let operations = site.operations
            for name in ["registry", "museum"] {
                _ = try await operations.createSubscription(name, site.settings("a.#"))
            }
            try await site.putOff("late", for: "registry")
            try await site.publish("1", "a.x")
            for name in ["registry", "museum"] { _ = try await operations.deleteSubscription(name, moves: true) }
            _ = try await site.take(from: "lockstep.office.museum.dead")
            _ = try await site.take(from: Self.dead)
            try await eventually("the management's figures are new", within: .seconds(30)) {
                try await operations.configuration.management.queues()
                    .filter { $0.name.hasSuffix(".dead") }.allSatisfy { $0.total == 0 }
            }
            #expect(try await operations.applyTopology().isEmpty, "one may come back still")
            #expect(try await site.depth(Self.dead) == 0)
            try await site.endTheWait(until: 1, in: Self.dead)
            try await site.untilNothingWaits()
            let removed = try await operations.applyTopology()
            #expect(removed.map(\.name) == ["lockstep.office.museum.dead"])
            #expect(removed.map(\.state) == ["removed"])
            #expect(try await site.depth(Self.dead) == 1, "the one that holds a letter stays")
            #expect(try await operations.topologyPlan().filter { $0.state == "missing" }.isEmpty)
        }
    }

    @Test("what comes back while it is deleted is one dead letter, not two")
    func twins() async throws {
        try await SubscriptionSite.with { site in
            let operations = site.operations
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            try await site.publish("queued", "a.x")
            // As between the deletion's first step and its second.
            try await site.client.declare(
                Topology(bindings: [
                    Binding(source: "lockstep.return", destination: .queue(Self.dead), routingKey: "*.registry")
                ]))
            for id in ["late", "later"] { try await site.putOff(id, for: "registry") }
            try await site.endTheWait(until: 2, in: Self.dead)
            try await eventually("they are in both queues") {
                try await site.depth("lockstep.office.registry") == 3
            }
            #expect(try await operations.deleteSubscription("registry", moves: true).deadLetters == 3)
            let office = try await operations.officeWithDeadLetters("registry")
            let letters = try await operations.deadLetters(of: office, limit: 10)
            #expect(letters.map(\.id).sorted() == ["late", "later", "queued"])
            #expect(letters.allSatisfy { $0.errorClass == "deleted" })
        }
    }

    @Test("the ledger learns of what became a dead letter without a worker's word", arguments: [true, false])
    func unreported(isLate: Bool) async throws {
        try await SubscriptionSite.with { site in
            let (operations, registry) = (site.operations, try OfficeName("registry"))
            _ = try await operations.createSubscription("registry", site.settings("a.#"))
            let ledger = try SQLiteLedger(path: operations.configuration.ledgerFile)
            defer { try? ledger.close() }
            let version = Version(reading: ClockReading(7 << 16), origin: try Origin("core"))
            try await site.report(waiting: "late", of: registry, version: version, attempt: 2, to: ledger)
            let headers: FieldTable = [
                "cloudEvents_specversion": "1.0", "cloudEvents_source": "core", "cloudEvents_type": "a.x",
                "cloudEvents_subject": "permit/1", "cloudEvents_time": "2026-01-01T00:00:00Z",
                "cloudEvents_recordversion": .string(version.description),
            ]
            if isLate {
                try await site.putOff("late", for: "registry", headers)
                _ = try await operations.deleteSubscription("registry", moves: true)
                try await site.endTheWait(until: 1, in: Self.dead)
            } else {
                // The worker takes it and dies, again and again.
                let message = Message(
                    body: Array("{}".utf8), properties: MessageProperties(headers: headers, messageID: "late"))
                let outcome = try await site.client.publish(message, to: "", routingKey: "lockstep.office.registry")
                #expect(outcome == .confirmed)
                try await Self.crash(site, until: 1, in: Self.dead)
            }
            let offices = operations.configuration.offices
            let deaths = UnreportedDeaths(
                configuration: operations.configuration, client: site.client, ledger: ledger,
                logger: SubscriptionSite.quiet, offices: { offices }, every: .milliseconds(50))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await deaths.run() }
                let reader = try SQLiteLedgerReader(path: operations.configuration.ledgerFile)
                try await eventually("the ledger knows") {
                    let summary = try await reader.summaries(among: []).first { $0.office == registry }
                    return summary?.dead == 1 && summary?.waiting == 0
                }
                group.cancelAll()
            }
            #expect(try await site.depth(Self.dead) == 1, "it is there as before")
            let reader = try SQLiteLedgerReader(path: operations.configuration.ledgerFile)
            let entry = try #require(try await reader.entries(of: try EventID("late")).first)
            #expect(entry.deliveries[registry]?.dead?.reason.contains(isLate ? "was deleted" : "gave it up") == true)
        }
    }

    /// Takes what is in the office's queue and dies, until the broker has had enough of it.
    private static func crash(_ site: SubscriptionSite, until count: Int, in queue: String) async throws {
        try await eventually("the broker gives it up", within: .seconds(60), every: .milliseconds(10)) {
            await withThrowingTaskGroup(of: Void.self) { group in
                let (taken, take) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    try await site.client.consume(from: "lockstep.office.registry") { _ in
                        take.yield()
                        try await Task.sleep(for: .seconds(60))
                        return []
                    }
                }
                group.addTask {
                    // It was taken, or has gone.
                    for await _ in taken { return }
                }
                group.addTask { try await Task.sleep(for: .milliseconds(300)) }
                _ = await group.nextResult()
                group.cancelAll()
            }
            return try await site.depth(queue) == count
        }
    }
}
