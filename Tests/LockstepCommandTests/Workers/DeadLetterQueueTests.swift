import Foundation
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

/// An office whose dead-letter queue somebody has deleted.
@Suite("A dead-letter queue that is missing", .timeLimit(.minutes(3)))
struct DeadLetterQueueTests {
    private static let offices = "  ward-3: { events: [\"permit.*.ward-3\"] }\n"

    @Test("keeps nothing from being applied, and takes what is dead when it is back")
    func missing() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            try await eventually("the worker is at work") { worker.errorSoFar.contains("office is at work") }
            try await site.host.manage("DELETE", "queues/\(site.host.name)/lockstep.office.ward-3.dead")
            try await withClient(of: site.host.amqpURL) { client in
                let properties = MessageProperties(messageID: "poison")
                let outcome = try await client.publish(
                    Message(body: [], properties: properties), to: BrokerName.events,
                    routingKey: "permit.issued.ward-3")
                #expect(outcome == .confirmed)
                try await eventually("somebody hears of it") {
                    worker.errorSoFar.contains("run 'lockstep topology apply'")
                }
                try await eventually("it waits where its time does not run out") {
                    try await client.inspect(queue: "lockstep.wait.30s")?.messages == 1
                }
            }
            try await site.run("publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", "{}")
            try await eventually("what came after it is applied") {
                try await site.records(of: "ward-3")["permit/1"] != nil
            }
            #expect(try await site.run("topology", "check").status == 1)
            #expect(try await site.run("topology", "apply").status == 0)
            try await eventually("it is a dead letter", within: .seconds(60), every: .milliseconds(500)) {
                try await site.deadLetters(of: "ward-3").count == 1
            }
            let letter = try #require(try await site.deadLetters(of: "ward-3").first)
            #expect(letter.id == "poison")
            #expect(letter.errorClass == "undecodable")
            #expect(letter.error.contains("'specversion' is missing"))
            let lines = worker.errorSoFar.split(separator: "\n").filter { $0.contains("did not take") }
            #expect(lines.count < 5, "it is not tried again all the time")
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }
}
