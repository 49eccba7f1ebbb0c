import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import RabbitMQ
import Testing

/// Deliveries that nobody can apply, at a whole worker: each ends as a dead letter, and nothing else does.
@Suite("Poison", .timeLimit(.minutes(3)), .serialized)
struct PoisonTests {
    private static let offices = "  ward-3: { events: [\"permit.*.ward-3\"] }\n"
    private static let full = "17 MiB, headers that fill a frame"
    private static let routingKey = "permit.issued.ward-3"

    /// A body that is no JSON object, with all the headers of an event around it; and a part of the reason.
    private static let bodies: [(name: String, body: [UInt8], reason: String)] = [
        // In front of all others: what cannot be read would keep the rest from being read.
        (full, [UInt8](repeating: 0x20, count: 17 << 20), "the body is larger than this office reads"),
        ("empty", [], "the data is empty"),
        ("no UTF-8", Array(#"{"a":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8), "a string is not UTF-8"),
        ("no JSON", Array("{\"a\":".utf8), "a value is missing"),
        ("garbage", [0x00, 0x01, 0xFF], "the data must be a JSON object"),
        ("an array", Array(#"[{"a":1}]"#.utf8), "the data must be a JSON object"),
        ("10,000 levels", Array(#"{"a":"#.utf8) + [UInt8](repeating: 0x5B, count: 10_000), "nested deeper than 128"),
        ("a huge number", Array(#"{"a":1e999999}"#.utf8), "a number is outside the range"),
        ("a long number", Array(#"{"a":\#(String(repeating: "9", count: 1_000))}"#.utf8), "a number is outside"),
        ("a name twice", Array(#"{"a":1,"a":2}"#.utf8), "names a member twice"),
        ("a lone surrogate", Array(#"{"a":"\ud800"}"#.utf8), "half of a surrogate pair"),
        ("64 MiB", [UInt8](repeating: 0x20, count: 64 << 20), "larger than it takes"),
    ]

    @Test("what cannot be read is a dead letter with its reason, and what comes after it is applied")
    func unreadable() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            var configuration = try RabbitMQClientConfiguration(url: site.host.amqpURL)
            configuration.maximumBodySize = 80 << 20
            try await withClient(configuration) { client in
                for (number, poison) in Self.bodies.enumerated() {
                    let messages = [
                        Self.message("\(poison.name)", poison.body),
                        Self.message("innocent-\(number)", Array(#"{"a":\#(number)}"#.utf8)),
                    ]
                    let outcomes = try await client.publish(
                        messages.map { Publication($0, to: BrokerName.events, routingKey: Self.routingKey) })
                    #expect(outcomes == [.confirmed, .confirmed])
                }
            }
            var reasons = Dictionary(uniqueKeysWithValues: Self.bodies.map { ($0.name, $0.reason) })
            let nested = try await site.pika(
                "publish", "cloudEvents_", "--scope", "ward-3", "--id", "nested", "--nested", "18660")
            #expect(nested.status == 0, "\(nested.error)")
            reasons["nested"] = "the headers nest too deep"
            try await site.run("publish", "permit.issued", "--about", "permit/last", "--scope", "ward-3", "{}")

            try await eventually("the last one is applied", within: .seconds(60)) {
                try await site.records(of: "ward-3")["permit/last"] != nil
            }
            #expect(try await site.records(of: "ward-3").count == Self.bodies.count + 1)
            try await eventually("the others are dead letters", every: .milliseconds(200)) {
                try await site.deadLetters(of: "ward-3").count == reasons.count
            }
            let letters = try await site.deadLetters(of: "ward-3")
            #expect(Set(letters.map(\.id)) == Set(reasons.keys))
            for letter in letters {
                #expect(letter.errorClass == "undecodable")
                #expect(letter.error.contains(try #require(reasons[letter.id])), "\(letter)")
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test("a change that kills its adapter's process is a dead letter, and none of those handed out with it is")
    func deadly() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            // Twenty lives, which is what an office has, would take a while.
            try await site.host.manage(
                "PUT", "policies/\(site.host.name)/short",
                #"{"pattern":"^lockstep[.]office[.]ward-3$","definition":{"delivery-limit":3},"apply-to":"queues"}"#)
            let office = OfficeAtWork(site)
            let innocents = (0..<10).map { "permit/\($0)" }
            var trace = Trace()
            // Twice, so that the second one finds deliveries that have been through a crash.
            for count in [25, 50] {
                try await trace.publish(count, about: innocents, to: office.url)
                try await trace.publish(1, about: [Journal.deadly], to: office.url)
            }
            try await trace.publish(50, about: innocents, to: office.url)
            var lives = 0
            repeat {
                // What has killed a worker comes behind what has not, so that the last one may come before it.
                try await trace.publish(to: office.url)
                let last = try #require(trace.events.last).subject.text
                repeat {
                    lives += 1
                    try #require(lives < 20, "the workers get nowhere")
                } while try await Self.end(of: office, last) != .exitCode(Self.done)
            } while try await office.waiting() != 0
            #expect(lives >= 3, "a worker has died of it again and again")
            let letters = try await office.deadLetters()
            #expect(Set(letters.map(\.id)) == Set(trace.events(about: Journal.deadly).map(\.text)))
            #expect(letters.allSatisfy { $0.errorClass == "delivery-limit" && $0.error.contains("crash the worker") })
            let verdict = try await trace.judge(try await office.history(of: trace.events))
            #expect(verdict.isClean, "\(verdict)")
        }
    }

    private static let done: Int32 = 40

    /// Works in a process of its own, until the last one is applied or the process is dead.
    private static func end(of office: OfficeAtWork, _ last: String) async throws -> ExitStatus {
        try await #require(processExitsWith: .failure) { [office, last = last as String] in
            try await office.work(through: last)
            exit(PoisonTests.done)
        }.exitStatus
    }

    private static func message(_ id: String, _ body: [UInt8]) -> Message {
        let more: FieldTable = id == full ? ["big": .bytes([UInt8](repeating: 1, count: 130_600))] : [:]
        var message = Message(
            body: body,
            properties: MessageProperties(
                contentType: "application/json",
                headers: [
                    "cloudEvents_specversion": "1.0", "cloudEvents_id": .string(id), "cloudEvents_source": "somebody",
                    "cloudEvents_type": "permit.issued", "cloudEvents_subject": .string("permit/\(id)"),
                    "cloudEvents_time": "2024-01-01T00:00:00Z",
                ],
                messageID: id))
        for (name, value) in more { message.properties.headers[name] = value }
        return message
    }
}
