import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

/// A relay and a broker one of whose queues is full, so that it refuses what goes there.
@Suite(.timeLimit(.minutes(2)))
struct RelayOrderTests {
    private static let events = 20

    /// Events of one record, the first of which goes to the full queue, too.
    private static func record() throws -> [Event] {
        try (1...events).map { number in
            var event = try sampleEvent(number, type: number == 1 ? "permit.issued" : "permit.moved")
            event.subject = try Subject("permit/held")
            return event
        }
    }

    /// A queue that holds one message, and has it.
    private static func declareFull(_ offices: Offices) async throws {
        let full: FieldTable = ["x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish"]
        try await offices.client.declare(
            Topology(
                queues: [Queue(name: "full", arguments: full)],
                bindings: [
                    Binding(source: BrokerName.events, destination: .queue("full"), routingKey: "permit.issued.ward-3")
                ]))
        #expect(try await offices.client.publish(Message(body: [1]), to: "", routingKey: "full") == .confirmed)
    }

    @Test func aRefusedEventIsFollowedByItsRecordAndHoldsUpNoOther() async throws {
        try await withOffices(["ward-3": ["permit.#"]]) { offices in
            try await Self.declareFull(offices)
            let outbox = MemoryOutbox()
            for event in try Self.record() { outbox.append(.success(event)) }
            let transport = RabbitMQTransport(offices.client, logger: quiet, retriesRefused: false)
            let relay = OutboxRelay(outbox, transport: transport, logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                let ward = "lockstep.office.ward-3"
                try await eventually("the broker has answered") {
                    try await offices.client.inspect(queue: ward)?.messages ?? 0 >= Self.events
                }
                // Enough of them for each lane to have some.
                for number in 101...140 { outbox.append(.success(try sampleEvent(number, type: "permit.moved"))) }
                try await eventually("other records go on", within: .seconds(8)) {
                    outbox.results.dropFirst(Self.events).allSatisfy { $0 == .sent }
                }
                #expect(outbox.results.prefix(Self.events).allSatisfy { $0 == nil }, "the record waits for its first")
                _ = try await offices.take(1, from: "full")
                try await eventually("there is room", within: .seconds(30)) {
                    outbox.results.allSatisfy { $0 == .sent }
                }
                group.cancelAll()
            }
            let count = try #require(try await offices.client.inspect(queue: "lockstep.office.ward-3")?.messages)
            let arrived = try await offices.take(count, from: "lockstep.office.ward-3").compactMap { delivery in
                delivery.message.properties.messageID
            }
            // Of each event the copy counts that was confirmed, which is the last one.
            let held = (1...Self.events).map { "event-\($0)" }
            let last = held.compactMap { arrived.lastIndex(of: $0) }
            #expect(last.count == Self.events && last == last.sorted())
        }
    }
}
