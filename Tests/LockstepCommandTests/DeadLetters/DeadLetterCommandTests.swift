import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

/// What operators do about dead letters.
@Suite("Dead letters", .timeLimit(.minutes(3)))
struct DeadLetterCommandTests {
    private static let offices = """
          ward-3:
            events: ["permit.*.ward-3"]
            calendar: [{ match: "permit.*", title: "{what}", starts: "{date}" }]

        """

    private static func publish(_ site: Site, _ number: Int, _ data: String) async throws {
        let ended = try await site.run(
            "publish", "permit.issued", "--about", "permit/\(number)", "--scope", "ward-3", data)
        #expect(ended.status == 0, "\(ended.error)")
    }

    private static func objects(_ ended: ChildCommand.Ended) throws -> [[String: Any]] {
        #expect(ended.status == 0, "\(ended.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [[String: Any]])
    }

    private static func object(_ ended: ChildCommand.Ended) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any], "\(ended.error)")
    }

    @Test("are grouped by what their reasons have in common, and replayed by it")
    func causes() async throws {
        try await withSite(offices: Self.offices) { site in
            try await withClient(of: site.host.amqpURL) { client in
                for number in 1...6 {
                    let isRefused = number <= 4
                    let headers: FieldTable = [
                        "lockstep-error-class": isRefused ? "refused" : "adapter",
                        "lockstep-error": .string(isRefused ? "no slot 'A-\(number)'" : "answered 50\(number)"),
                        "lockstep-died-at": .string("2026-01-0\(number)T00:00:00Z"),
                    ]
                    let letter = Message(
                        body: [], properties: MessageProperties(headers: headers, messageID: "event-\(number)"))
                    let outcome = try await client.publish(letter, to: "lockstep.dead", routingKey: "ward-3")
                    #expect(outcome == .confirmed)
                }
            }
            let causes = try Self.objects(try await site.run("dead-letters", "list", "ward-3", "--by-cause", "--json"))
            #expect(causes.map { $0["count"] as? Int } == [4, 2])
            #expect(causes.map { $0["reason"] as? String } == ["no slot '…'", "answered #"])
            #expect(causes[0]["oldest"] as? String == "2026-01-01T00:00:00Z")
            #expect(causes[0]["newest"] as? String == "2026-01-04T00:00:00Z")
            #expect(causes[0]["example"] as? String == "event-1")
            let cause = try #require(causes[1]["cause"] as? String)
            let replayed = try await site.run(
                "dead-letters", "replay", "ward-3", "--cause", cause, "--rate", "0", "--reason", "x", "--json")
            #expect(try Self.object(replayed)["count"] as? Int == 2)
            #expect(
                try await site.run(
                    "dead-letters", "discard", "ward-3", "--until", "2026-01-03T00:00:00Z", "--reason", "too old"
                ).status == 0)
            #expect(try await site.deadLetters(of: "ward-3").map(\.id) == ["event-3", "event-4"])
            for silent in [
                ["dead-letters", "discard", "ward-3", "--all"], ["dead-letters", "replay", "ward-3", "--all"],
                ["dead-letters", "replay", "ward-3", "--all", "--reason", " "], ["replay", "ward-3"],
                ["subscriptions", "pause", "ward-3"], ["subscriptions", "pause", "ward-3", "--reason", ""],
            ] {
                #expect(try await site.run(silent).status == 64, "nobody would know why: \(silent)")
            }
            let audit = try SQLiteAudit(reading: site.directory.appending(path: "state/audit.sqlite").path)
            let reasons = try await audit.actions(until: WallClock.system.now).map(\.reason)
            #expect(reasons.last == "too old (chosen by until 2026-01-03T00:00:00Z)", "\(reasons)")
        }
    }

    @Test("are not lost where a replay is killed before it has acknowledged")
    func killed() async throws {
        try await withSite(offices: Self.offices) { site in
            try await withClient(of: site.host.amqpURL) { client in
                for number in 1...5 {
                    let letter = Message(body: [], properties: MessageProperties(messageID: "event-\(number)"))
                    let outcome = try await client.publish(letter, to: "lockstep.dead", routingKey: "ward-3")
                    #expect(outcome == .confirmed)
                }
                let replay = try site.start(
                    "dead-letters", "replay", "ward-3", "--all", "--rate", "20", "--reason", "it is mended",
                    environment: ["LOCKSTEP_CRASH": "handedOver:2"])
                #expect(await replay.ended().status != 0)
                try await eventually("the broker has those back that were not acknowledged") {
                    try await client.inspect(queue: "lockstep.office.ward-3.dead")?.messages == 5
                }
                let again = try await site.run("dead-letters", "replay", "ward-3", "--all", "--reason", "it is mended")
                #expect(again.status == 0, "\(again.error)")
                #expect(try await site.deadLetters(of: "ward-3").isEmpty)
                try await eventually("all of them came, some twice") {
                    try await client.inspect(queue: "lockstep.office.ward-3")?.messages == 9
                }
            }
        }
    }

    @Test("that are no events are repaired, and the original is kept")
    func repair() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            try await withClient(of: site.host.amqpURL) { client in
                let headers: FieldTable = [
                    "cloudEvents_specversion": "1.0", "cloudEvents_source": "core",
                    "cloudEvents_type": "permit.issued", "cloudEvents_time": "2026-01-01T00:00:00Z",
                ]
                let message = Message(
                    body: Array(#"{"what":"Deck","date":"2026-02-01"}"#.utf8),
                    properties: MessageProperties(headers: headers, messageID: "no-subject"))
                let outcome = try await client.publish(
                    message, to: BrokerName.events, routingKey: "permit.issued.ward-3")
                #expect(outcome == .confirmed)
            }
            try await eventually("it is a dead letter") {
                try await site.deadLetterClasses(of: "ward-3") == ["undecodable"]
            }
            let edit = [
                "dead-letters", "edit", "ward-3", "no-subject", "--attribute", "subject=permit/1", "--set",
                "what=Porch",
                "--by", "ada", "--reason", "the clerk forgot it", "--json",
            ]
            let rehearsed = try Self.object(try await site.run(edit + ["--dry-run"]))
            #expect(rehearsed["outcome"] as? String == "applied")
            #expect(rehearsed["way"] as? String == "repaired")
            #expect(rehearsed["adapter"] as? String == "none", "its worker was asked")
            #expect(try await site.deadLetterClasses(of: "ward-3") == ["undecodable"])
            #expect(try await site.records(of: "ward-3").isEmpty)

            let edited = try Self.object(try await site.run(edit))
            #expect(edited["event"] as? String == "no-subject")
            try await eventually("it is applied") {
                try await site.records(of: "ward-3") == ["permit/1": #"{"date":"2026-02-01","what":"Porch"}"#]
            }
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            let audit = try SQLiteAudit(reading: site.directory.appending(path: "state/audit.sqlite").path)
            let originals = try await audit.originals(of: "no-subject")
            #expect(originals.map(\.person) == ["ada"])
            #expect(originals[0].body == Array(#"{"what":"Deck","date":"2026-02-01"}"#.utf8))
            #expect(originals[0].differences.contains(#""after":"permit/1""#))
            #expect(try await site.run("report").output.contains("the clerk forgot it"))
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test("that offices can read are corrected by a change for all of them")
    func correction() async throws {
        let offices = Self.offices + "  city-hall: { events: [\"#\"] }\n"
        try await withSite(offices: offices) { site in
            let worker = try site.start("worker", "--all")
            try await Self.publish(site, 1, #"{"what":"Deck","date":"soon"}"#)
            try await eventually("it is a dead letter") {
                try await site.deadLetterClasses(of: "ward-3") == ["refused"]
            }
            let id = try #require(try await site.deadLetters(of: "ward-3").first?.id)
            func edit(_ more: String...) async throws -> ChildCommand.Ended {
                try await site.run(["dead-letters", "edit", "ward-3", id, "--reason", "it has a day", "--json"] + more)
            }
            #expect(try await edit("--attribute", "type=permit.revised").status == 64)
            #expect(try await edit("--set", "date=soon").status == 64)
            let worse = try await edit("--set", "date=later", "--dry-run")
            #expect(worse.status == 1)
            #expect(try Self.object(worse)["outcome"] as? String == "refused")

            let edited = try Self.object(try await edit("--set", "date=2026-02-01"))
            #expect(edited["way"] as? String == "corrected")
            #expect(edited["outcome"] as? String == "applied")
            #expect(edited["event"] as? String != id)
            let wanted = ["permit/1": #"{"date":"2026-02-01","what":"Deck"}"#]
            try await eventually("both offices have it") {
                let (ward, hall) = (try await site.records(of: "ward-3"), try await site.records(of: "city-hall"))
                return ward == wanted && hall == wanted
            }
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)
            let conflicts = try await site.run("conflicts", "list", "ward-3", "--json")
            #expect(try Self.objects(conflicts).isEmpty)
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test("show their payload only to whoever asks for it")
    func payload() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            try await Self.publish(site, 1, #"{"what":"secret","date":"soon"}"#)
            try await eventually("it is a dead letter") { try await site.deadLetters(of: "ward-3").count == 1 }
            let id = try #require(try await site.deadLetters(of: "ward-3").first?.id)
            let shown = try await site.run("dead-letters", "show", "ward-3", id)
            #expect(!shown.output.contains("secret"))
            #expect(shown.output.contains("try 1, refused"), "\(shown.output)")
            #expect(try await site.run("dead-letters", "show", "ward-3", id, "--payload").output.contains("secret"))
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }
}
