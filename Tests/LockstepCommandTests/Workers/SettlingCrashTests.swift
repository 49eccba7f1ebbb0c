import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

/// A worker that is killed when the broker has heard some of what it says of a batch, and not the rest.
@Suite("A worker killed between two acknowledgements", .timeLimit(.minutes(3)))
struct SettlingCrashTests {
    /// Batches are long, so that some settled deliveries and some others are of one batch.
    private static let offices = "  ward-3: { events: [\"#\"], delivery: { batch: { events: 40, within: 2s } } }\n"

    /// The broker hears what comes before the refusal in the middle, and so many bytes of that.
    @Test("leaves the others to the next one", arguments: [0, 12])
    func killed(after bytes: Int) async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            let subjects = (0..<10).map { "permit/\($0)" }
            var trace = Trace()
            // The first delivery is a batch of its own.
            try await trace.publish(15, about: subjects, to: office.url)
            try await Self.publishTooLarge(to: office.url)
            try await trace.publish(30, about: subjects, to: office.url)
            try await withFaultProxy(to: site.host.broker.amqpPort) { proxy in
                // One is spent by each connection: before it is killed, the worker may make others and get there again.
                for _ in 0..<20 { await proxy.inject(.cut(afterBytes: bytes, from: .basicNack), .clientToBroker) }
                let worker = try site.start("worker", "ward-3", environment: site.environment(through: proxy.port))
                try await eventually("it is at the refusal") { await proxy.arrived(.basicNack, .clientToBroker) > 0 }
                worker.signal(SIGKILL)
                _ = await worker.ended()
                #expect(await proxy.passed(.basicAck, .clientToBroker) >= 2)
                #expect(await proxy.passed(.basicNack, .clientToBroker) == 0)
            }
            let before = try await office.statistics().events
            #expect(before > 15, "the whole batch is in the replica")
            #expect(try await site.deadLetters(of: "ward-3").isEmpty)

            try await trace.publish(to: office.url)
            try await office.work(through: trace)
            try await eventually("the broker has made a dead letter of it", every: .milliseconds(100)) {
                try await office.deadLetters().count > 0
            }
            let history = try await office.history(of: trace.events)
            let verdict = try await trace.judge(history)
            #expect(verdict.isClean, "\(verdict)")
            #expect(history.applied.count == trace.events.count)
            #expect(history.dead.map(\.id.text) == ["too-large"])
            #expect(try await office.waiting() == 0)
        }
    }

    /// What a worker does not read, the broker is told to take out: a frame of its own between the acknowledgements.
    private static func publishTooLarge(to url: String) async throws {
        var configuration = try RabbitMQClientConfiguration(url: url)
        configuration.maximumBodySize = 32 << 20
        try await withClient(configuration) { client in
            let message = Message(
                body: [UInt8](repeating: 0x20, count: 17 << 20), properties: MessageProperties(messageID: "too-large"))
            let outcome = try await client.publish(message, to: BrokerName.events, routingKey: "x")
            #expect(outcome == .confirmed)
        }
    }
}
