import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

/// What a worker makes of the signals that operators and systems send, while it has much to do.
@Suite("Signals to a worker", .timeLimit(.minutes(4)), .serialized)
struct SignalTests {
    /// The broker takes its connection for dead after twice this time.
    private static let offices = OfficeAtWork.configured + "broker: { heartbeat: 2s }\n"
    private static let subjects = (0..<50).map { "permit/\($0)" }

    @Test("SIGTERM: what is in hand is finished and acknowledged, what is not stays in the queue")
    func drained() async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(1_200, about: Self.subjects, to: office.url)
            let worker = try site.start("worker", "ward-3")
            try await eventually("it is in the middle of it") {
                guard let statistics = try? await office.statistics() else { return false }
                return statistics.events > 1
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            let applied = try await office.statistics().events
            let left = trace.events.count - applied
            try await eventually("the others are in the queue") { try await office.waiting() == left }

            try await Self.expectAllOfIt(office, &trace)
            // Whatever the first one had taken in was acknowledged: none of it came again.
            #expect(try await office.statistics().events == trace.events.count)
        }
    }

    @Test("a second SIGTERM: it ends at once, and what was in hand comes again")
    func impatient() async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(20, about: Self.subjects, to: office.url)
            try await withClient(of: office.url) { client in
                let message = Message(body: [], properties: MessageProperties(messageID: "poison"))
                _ = try await client.publish(message, to: BrokerName.events, routingKey: "x")
            }
            try await withFaultProxy(to: site.host.broker.amqpPort) { proxy in
                // It waits for the broker's word on its dead letter, and would for some seconds more.
                await proxy.inject(.hold(.basicAck), .brokerToClient, on: .named("publishing"))
                let worker = try site.start("worker", "ward-3", environment: site.environment(through: proxy.port))
                try await eventually("it waits") {
                    await proxy.arrived(.basicAck, .brokerToClient, on: .named("publishing")) > 0
                }
                // Two that come together are one: whoever is impatient asks again and again.
                try await eventually("it ends") {
                    worker.signal(SIGTERM)
                    return !worker.isRunning
                }
                #expect(await worker.ended().status == 128 + SIGTERM)
            }
            try await Self.expectAllOfIt(office, &trace, dead: ["poison"])
        }
    }

    @Test("SIGKILL: the standby takes over")
    func standby() async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            let (first, second) = try await Self.startTwo(site)
            var trace = Trace()
            try await trace.publish(500, about: Self.subjects, to: office.url)
            try await eventually("one is at work") { try await office.statistics().events > 1 }
            first.signal(SIGKILL)
            _ = await first.ended()
            try await trace.publish(100, about: Self.subjects, to: office.url)
            try await Self.holdsAll(office, trace)
            second.signal(SIGTERM)
            #expect(await second.ended().status == 0)
            try await Self.expectAllOfIt(office, &trace)
        }
    }

    @Test("SIGSTOP for longer than the broker waits: it comes back, and goes on")
    func frozen() async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            let worker = try site.start("worker", "ward-3")
            try await eventually("it is at work") { worker.errorSoFar.contains("office is at work") }
            var trace = Trace()
            try await trace.publish(500, about: Self.subjects, to: office.url)
            try await eventually("it is in the middle of it") { try await office.statistics().events > 1 }
            worker.signal(SIGSTOP)
            try await withClient(of: office.url) { client in
                try await eventually("the broker gives it up", within: .seconds(60), every: .milliseconds(50)) {
                    try await client.inspect(queue: "lockstep.office.ward-3")?.consumers == 0
                }
            }
            try await trace.publish(100, about: Self.subjects, to: office.url)
            worker.signal(SIGCONT)
            try await Self.holdsAll(office, trace)
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            try await Self.expectAllOfIt(office, &trace)
        }
    }

    @Test("SIGSTOP of one of two: the other takes over, and both may go on")
    func frozenBesideAnother() async throws {
        try await withSite(offices: Self.offices) { site in
            let office = OfficeAtWork(site)
            let (first, second) = try await Self.startTwo(site)
            var trace = Trace()
            try await trace.publish(500, about: Self.subjects, to: office.url)
            try await eventually("one is at work") { try await office.statistics().events > 1 }
            first.signal(SIGSTOP)
            try await trace.publish(100, about: Self.subjects, to: office.url)
            let events = trace.events
            try await eventually("the other has taken over", within: .seconds(60), every: .milliseconds(100)) {
                // What is frozen may hold the file's lock.
                if second.errorSoFar.contains("The replica cannot be written") { return true }
                return try await office.history(of: events).applied.count == events.count
            }
            first.signal(SIGCONT)
            try await Self.holdsAll(office, trace)
            for worker in [first, second] {
                worker.signal(SIGTERM)
                #expect(await worker.ended().status == 0)
            }
            try await Self.expectAllOfIt(office, &trace)
        }
    }

    /// Starts the office's worker, and one that stands by.
    private static func startTwo(_ site: Site) async throws -> (ChildCommand, ChildCommand) {
        let first = try site.start("worker", "ward-3")
        try await eventually("the first one is at work") { first.errorSoFar.contains("office is at work") }
        let second = try site.start("worker", "ward-3")
        // To AMQP's own count, one that stands by is no consumer.
        try await eventually("both are subscribed", every: .milliseconds(100)) {
            let answer = try await site.host.manage("GET", "queues/\(site.host.name)/lockstep.office.ward-3")
            let queue = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
            return (queue?["consumer_details"] as? [Any])?.count == 2
        }
        return (first, second)
    }

    private static func holdsAll(_ office: OfficeAtWork, _ trace: Trace) async throws {
        try await eventually("everything is applied", within: .seconds(60), every: .milliseconds(100)) {
            try await office.history(of: trace.events).applied.count == trace.events.count
        }
    }

    /// Works off what is left, and an event that comes last: nothing is lost, and nothing dead but this.
    private static func expectAllOfIt(
        _ office: OfficeAtWork, _ trace: inout Trace, dead: Set<String> = []
    ) async throws {
        try await trace.publish(to: office.url)
        try await office.work(through: trace)
        let history = try await office.history(of: trace.events)
        let verdict = try await trace.judge(history)
        #expect(verdict.isClean, "\(verdict)")
        #expect(history.applied.count == trace.events.count)
        #expect(Set(history.dead.map(\.id.text)) == dead)
        #expect(try await office.waiting() == 0)
    }
}

extension Site {
    /// The way to the broker through a proxy.
    func environment(through port: Int) -> [String: String] {
        ["LOCKSTEP_BROKER_URL": "amqp://guest:guest@127.0.0.1:\(port)/\(host.name)"]
    }
}
