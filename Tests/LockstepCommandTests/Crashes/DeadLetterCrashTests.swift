import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import RabbitMQ
import Testing

/// Operators' commands on dead letters that are killed, and the next ones, which find what those have left.
@Suite("A command on dead letters killed at every point", .timeLimit(.minutes(3)), .serialized)
struct DeadLetterCrashTests {
    private static let calendar = """
          ward-3:
            events: ["permit.*.ward-3"]
            calendar: [{ match: "permit.*", title: "{what}", starts: "{date}" }]

        """

    @Test("a replay is finished by the next one", arguments: [CrashPoint.actionBegun, .handedOver, .actionDone])
    func replay(point: CrashPoint) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await SampleLetters.publish(1...9, at: site, to: "lockstep.dead", key: "ward-3")
            let replay = ["dead-letters", "replay", "ward-3", "--all", "--rate", "20", "--reason", "it is mended"]
            try await site.runKilled(at: point, pass: point == .handedOver ? 2 : 1, replay)
            #expect(try await site.actions().last == "replayed ward-3 × 0", "auditors hear of the one that was killed")
            try await site.finish(replay, after: point)
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            let office = OfficeAtWork(site)
            try await office.work {
                let (told, left) = (try office.journal.effects().count, try await office.waiting())
                return told >= 9 && left == 0
            }
            #expect(try office.journal.effects().map(\.subject).sorted() == (1...9).map { "permit/\($0)" })
            #expect(try await site.changes(in: "ward-3") == 9, "each has changed its record once")
        }
    }

    @Test("a discard is finished by the next one, and noted", arguments: [CrashPoint.actionBegun, .actionDone])
    func discard(point: CrashPoint) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await SampleLetters.publish(1...5, at: site, to: "lockstep.dead", key: "ward-3")
            let discard = ["dead-letters", "discard", "ward-3", "--all", "--reason", "a mistake"]
            try await site.runKilled(at: point, discard)
            #expect(try await site.actions() == ["discarded ward-3 × 0"])
            try await site.finish(discard, after: point)
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            #expect(try await office(site) == 0)
        }
    }

    private func office(_ site: Site) async throws -> Int? { try await site.depth("lockstep.office.ward-3") }

    @Test(
        "a repair is sent once more at worst, and applied once",
        arguments: [CrashPoint.actionBegun, .originalKept, .handedOver, .actionDone])
    func repair(point: CrashPoint) async throws {
        try await withSite(offices: Self.calendar) { site in
            try await withClient(of: site.host.amqpURL) { client in
                let headers: FieldTable = [
                    "cloudEvents_specversion": "1.0", "cloudEvents_source": "core",
                    "cloudEvents_type": "permit.issued", "cloudEvents_time": "2026-01-01T00:00:00Z",
                    "lockstep-error-class": "undecodable", "lockstep-error": "no subject",
                ]
                let message = Message(
                    body: Array(#"{"what":"Deck","date":"2026-02-01"}"#.utf8),
                    properties: MessageProperties(headers: headers, messageID: "no-subject"))
                let outcome = try await client.publish(message, to: "lockstep.dead", routingKey: "ward-3")
                #expect(outcome == .confirmed)
            }
            let edit = [
                "dead-letters", "edit", "ward-3", "no-subject", "--attribute", "subject=permit/1", "--reason",
                "forgotten",
            ]
            try await site.runKilled(at: point, edit)
            #expect(try await site.actions() == ["edited ward-3 × 0"])
            try await Self.again(edit, site)
            let worker = try site.start("worker", "ward-3")
            try await eventually("it is applied, and nothing is left") {
                let records = try await site.records(of: "ward-3")
                let left = try await office(site)
                return records == ["permit/1": #"{"date":"2026-02-01","what":"Deck"}"#] && left == 0
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            #expect(try await site.changes(in: "ward-3") == 1)
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            #expect(try await Self.originals(of: "no-subject", site).count == 1, "it is kept, and kept once")
        }
    }

    @Test(
        "a correction is published under the same name again, and applied once",
        arguments: [CrashPoint.actionBegun, .originalKept, .corrected, .actionDone])
    func correction(point: CrashPoint) async throws {
        try await withSite(offices: Self.calendar) { site in
            let worker = try site.start("worker", "ward-3")
            try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3",
                #"{"what":"Deck","date":"soon"}"#)
            try await eventually("it is a dead letter") {
                try await site.deadLetterClasses(of: "ward-3") == ["refused"]
            }
            let id = try #require(try await site.deadLetters(of: "ward-3").first?.id)
            let edit = ["dead-letters", "edit", "ward-3", id, "--set", "date=2026-02-01", "--reason", "it has a day"]
            try await site.runKilled(at: point, edit)
            try await Self.again(edit, site)
            // What comes after both of them says that both were seen to.
            try await site.run(
                "publish", "permit.issued", "--about", "permit/2", "--scope", "ward-3",
                #"{"what":"Shed","date":"2026-03-01"}"#)
            try await eventually("the correction is applied, and what came after it") {
                let records = try await site.records(of: "ward-3")
                return records["permit/1"] == #"{"date":"2026-02-01","what":"Deck"}"# && records["permit/2"] != nil
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            #expect(try await site.changes(in: "ward-3") == 3, "the event, its correction, and the next event")
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            #expect(try await Self.originals(of: id, site).count == 1)
        }
    }

    /// The same edit once more; where the letter has gone already, it says so.
    private static func again(_ edit: [String], _ site: Site) async throws {
        let isThere = try await !site.deadLetters(of: "ward-3").isEmpty
        let ended = try await site.run(edit)
        #expect(isThere == (ended.status == 0), "\(ended.error)")
    }

    private static func originals(of letter: String, _ site: Site) async throws -> [OriginalDelivery] {
        let audit = try SQLiteAudit(reading: site.directory.appending(path: "state/audit.sqlite").path)
        defer { try? audit.close() }
        return try await audit.originals(of: letter)
    }
}
