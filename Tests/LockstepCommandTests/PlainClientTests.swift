import Foundation
import LockstepTesting
import Logging
import RabbitMQ
import Testing

/// Programs in other languages take part with nothing but an AMQP client.
@Suite(.timeLimit(.minutes(3)))
struct PlainClientTests {
    private static let offices = "  ward-3: { events: [\"permit.*.ward-3\"] }\n"

    @Test func aPlainClientIsUnderstoodInEveryMode() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            for (number, mode) in ["structured", "cloudEvents_", "cloudEvents:", "ce-"].enumerated() {
                let published = try await site.pika(
                    "publish", mode, "--scope", "ward-3", "--subject", "permit/\(number)", "--data",
                    #"{"by":"\#(mode)"}"#)
                #expect(published.status == 0, "\(published.error)")
            }
            let expected = [
                "permit/0": #"{"by":"structured"}"#, "permit/1": #"{"by":"cloudEvents_"}"#,
                "permit/2": #"{"by":"cloudEvents:"}"#, "permit/3": #"{"by":"ce-"}"#,
            ]
            try await eventually("all four are there") { try await site.records(of: "ward-3") == expected }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test func aPlainClientReadsAnOfficesQueue() async throws {
        try await withSite(offices: Self.offices) { site in
            try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", #"{"status":"Issued"}"#)
            let read = try await site.pika("read", "ward-3")
            let delivery = try #require(read.objects.first)
            #expect(delivery["routing_key"] as? String == "permit.issued.ward-3")
            #expect(delivery["content_type"] as? String == "application/json")
            #expect(delivery["body"] as? String == #"{"status":"Issued"}"#)
            let headers = try #require(delivery["headers"] as? [String: Any])
            #expect(headers["cloudEvents_subject"] as? String == "permit/1")
            #expect(headers["cloudEvents_specversion"] as? String == "1.0")
        }
    }

    @Test func garbageOfEveryKindIsADeadLetterAndTheNextOneGoesOn() async throws {
        try await withSite(offices: Self.offices) { site in
            var configuration = try RabbitMQClientConfiguration(url: site.host.amqpURL)
            configuration.maximumBodySize = 32 << 20
            let client = RabbitMQClient(configuration: configuration, logger: .init(label: "test"))
            let worker = try site.start("worker", "ward-3")
            let garbage: [Message] = [
                Message(body: []), Message(body: [0xFF, 0xFE]), Message(body: Array("{".utf8)),
                Message(body: Array("[]".utf8)), Message(body: Array(repeating: UInt8(ascii: "["), count: 10_000)),
                Message(body: [UInt8](repeating: 0x20, count: 2_000_000)),
                Message(
                    body: [], properties: MessageProperties(headers: ["cloudEvents_specversion": .table(["a": 1])])),
                Message(body: [], properties: MessageProperties(contentType: "application/cloudevents+json")),
                Message(body: [], properties: MessageProperties(headers: ["lockstep-attempt": "x", "CC": ["a"]])),
                // With what a dead letter adds to them, these headers fit into no frame.
                Message(
                    body: [],
                    properties: MessageProperties(headers: ["big": .bytes(.init(repeating: 1, count: 130_900))])
                ),
                // More than a worker reads.
                Message(body: [UInt8](repeating: 0x20, count: 17 << 20)),
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.run() }
                try await client.waitUntilReady()
                let publications = garbage.map {
                    Publication($0, to: "lockstep.events", routingKey: "permit.issued.ward-3")
                }
                let outcomes = try await client.publish(publications)
                #expect(outcomes.allSatisfy { $0 == .confirmed })
                group.cancelAll()
            }
            try await site.run("publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", #"{"a":1}"#)
            try await eventually("the good one is there") {
                try await site.records(of: "ward-3") == ["permit/1": #"{"a":1}"#]
            }
            try await eventually("the others are dead letters") {
                try await site.deadLetterClasses(of: "ward-3").count == garbage.count
            }
            #expect(try await site.deadLetterClasses(of: "ward-3").allSatisfy { $0 == "undecodable" })
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }
}
