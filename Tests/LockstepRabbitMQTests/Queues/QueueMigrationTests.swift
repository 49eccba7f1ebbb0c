import Lockstep
import LockstepTesting
import RabbitMQ
import Synchronization
import Testing

@testable import LockstepRabbitMQ

@Suite("Making a queue anew", .timeLimit(.minutes(5)), .serialized)
struct QueueMigrationTests {
    private struct Killed: Error {}

    /// What was taken out of a queue.
    private final class Taken: Sendable {
        let messages = Mutex<[Message]>([])
        private let last = Mutex(-1)

        /// Whether nothing has come since this was asked before.
        func isStill() -> Bool {
            let count = messages.withLock { $0.count }
            return last.withLock { last in
                defer { last = count }
                return last == count
            }
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    @Test(
        "what exists says what is next",
        arguments: [
            (true, false, false, QueueMigration.Phase.emptying), (true, false, true, .emptying),
            (false, false, true, .declaring), (true, true, true, .returning), (true, true, false, .done),
            (false, false, false, .done),
        ])
    func phases(isThere: Bool, isRight: Bool, hasTemporary: Bool, phase: QueueMigration.Phase) {
        #expect(QueueMigration.Phase(isThere: isThere, isRight: isRight, hasTemporary: hasTemporary) == phase)
    }

    /// An office whose queue was declared by an older release, or by hand.
    private static func withOldQueue(
        _ old: FieldTable, _ body: (Offices, QueueMigration) async throws -> Void
    ) async throws {
        try await withOffices(["ward-3": ["permit.#"]], declaring: false) { offices in
            let wanted = OfficeTopology.complete(for: offices.subscriptions)
            let name = "lockstep.office.ward-3"
            var declared = wanted
            declared.queues.removeAll { $0.name == name }
            declared.queues.append(Queue(name: name, arguments: old))
            try await offices.client.declare(declared)
            let queue = try #require(wanted.queues.first { $0.name == name })
            let bindings = wanted.bindings.filter { $0.destination == .queue(name) }
            let migration = QueueMigration(
                of: queue, bindings: bindings, client: offices.client, management: try offices.management,
                logger: quiet)
            try await body(offices, migration)
        }
    }

    private static func publish(_ id: String, _ key: String, to exchange: String, _ offices: Offices) async throws {
        let properties = MessageProperties(headers: ["lockstep-attempt": 3], messageID: id)
        let message = Message(body: Array("{}".utf8), properties: properties)
        let outcome = try await offices.client.publish(message, to: exchange, routingKey: key)
        #expect(outcome == .confirmed)
    }

    /// All that the queue holds.
    private static func contents(_ offices: Offices) async throws -> [Message] {
        let queue = "lockstep.office.ward-3"
        let taken = Taken()
        // What was handed out and not yet taken when the consumer ends goes back to its place.
        while try await offices.client.inspect(queue: queue)?.messages ?? 0 > 0 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await offices.client.consume(from: queue) { deliveries in
                        taken.messages.withLock { $0 += deliveries.map(\.message) }
                        return deliveries.map { _ in .ack }
                    }
                }
                try await eventually(
                    "the queue is empty, and nothing comes any more", within: .seconds(30), every: .milliseconds(100)
                ) {
                    let isStill = taken.isStill()
                    return try await offices.client.inspect(queue: queue)?.messages == 0 && isStill
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        return taken.messages.withLock { $0 }
    }

    @Test(
        "a queue with other arguments, or of another kind, is as it should be afterwards, with what it held in its order",
        arguments: [["x-queue-type": "quorum", "x-delivery-limit": 3], [:]] as [FieldTable])
    func contents(old: FieldTable) async throws {
        try await Self.withOldQueue(old) { offices, migration in
            let ids = (0..<700).map(String.init)
            for id in ids { try await Self.publish(id, "permit.issued", to: "lockstep.events", offices) }
            #expect(try await migration.run())
            #expect(try await !migration.run())
            try await offices.client.declare(OfficeTopology.complete(for: offices.subscriptions))
            try await Self.publish("back", "30s.ward-3", to: "lockstep.return", offices)
            let messages = try await Self.contents(offices)
            // A slow broker may keep acknowledgements for later (`quorum_commands_soft_limit`), and forgets those when the
            // channel closes: what they were for comes a second time, behind the first.
            var seen: Set<String> = []
            let first = messages.compactMap(\.properties.messageID).filter { seen.insert($0).inserted }
            #expect(first == ids + ["back"])
            // What failed before has not more tries than before.
            #expect(messages.allSatisfy { $0.properties.headers["lockstep-attempt"] == 3 })
            #expect(try await offices.client.inspect(queue: "lockstep.office.ward-3.migration") == nil)
        }
    }

    /// A quorum queue that has many back at once may have them in another order.
    @Test("what is left in a queue that is drained was never handed out")
    func left() async throws {
        try await withOffices([:]) { offices in
            let queues = ["from", "to"].map { Queue(name: $0, arguments: ["x-queue-type": "quorum"]) }
            try await offices.client.declare(Topology(queues: queues))
            let texts = (0..<300).map(String.init)
            let outcomes = try await offices.client.publish(
                texts.map { Publication(Message(body: Array($0.utf8)), to: "", routingKey: "from") })
            #expect(outcomes.allSatisfy { $0 == .confirmed })
            let drain = QueueDrain(queue: "from", client: offices.client, logger: quiet) { delivery in
                .publish(Publication(Message(body: delivery.message.body), to: "", routingKey: "to"))
            }
            let moved = try await drain.run(downTo: 200)
            #expect(moved >= 100 && moved < 300)
            var left: [Delivery] = []
            _ = try await offices.client.walk(along: "from") { walk in
                try await walk.step(limit: 300 - moved) { deliveries in
                    left += deliveries
                    return deliveries.map { _ in .ack }
                }
            }
            #expect(left.map { String(decoding: $0.message.body, as: UTF8.self) } == Array(texts[moved...]))
            #expect(left.allSatisfy { !$0.redelivered })
        }
    }

    @Test("ended at any step and begun again, while events are published, nothing is lost and each keeps its order")
    func killed() async throws {
        try await Self.withOldQueue(["x-queue-type": "quorum", "x-delivery-limit": 3]) { offices, migration in
            for number in 0..<300 {
                try await Self.publish("old-\(number)", "permit.issued", to: "lockstep.events", offices)
            }
            let isOver = Flag()
            let published = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var count = 0
                    while !isOver.isSet.load(ordering: .relaxed) {
                        try await Self.publish("new-\(count)", "permit.issued", to: "lockstep.events", offices)
                        count += 1
                    }
                    return count
                }
                for step in CrashPoint.ofMigrations {
                    var killed = migration
                    killed.passed = { if $0 == step { throw Killed() } }
                    let error = await #expect(throws: LockstepError.self) { try await killed.run() }
                    #expect(error?.underlying is Killed, "\(step): \(String(describing: error))")
                }
                #expect(try await migration.run())
                isOver.isSet.store(true, ordering: .relaxed)
                return try await group.next() ?? 0
            }
            try await offices.client.declare(OfficeTopology.complete(for: offices.subscriptions))
            let ids = try await Self.contents(offices).compactMap(\.properties.messageID)
            let expected = (0..<300).map { "old-\($0)" } + (0..<published).map { "new-\($0)" }
            #expect(published > 20)
            #expect(Set(ids) == Set(expected))
            // Apart from what came twice or beside its place while both were bound.
            let rank = Dictionary(uniqueKeysWithValues: expected.enumerated().map { ($1, $0) })
            var seen: Set<String> = []
            let first = ids.filter { seen.insert($0).inserted }.compactMap { rank[$0] }
            let displaced = zip(first, first.dropFirst()).count { $0 > $1 }
            #expect(displaced <= CrashPoint.ofMigrations.count * 2, "\(displaced) of \(first.count)")
        }
    }

    @Test("while somebody consumes it is refused, and nothing is changed")
    func consumed() async throws {
        try await Self.withOldQueue(["x-queue-type": "quorum", "x-delivery-limit": 3]) { offices, migration in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await offices.client.consume(from: "lockstep.office.ward-3") { $0.map { _ in .ack } }
                }
                try await eventually("the consumer is there") {
                    try await offices.client.inspect(queue: "lockstep.office.ward-3")?.consumers == 1
                }
                let error = await #expect(throws: LockstepError.self) { try await migration.run() }
                #expect(error?.code == .refused)
                #expect(try await offices.client.inspect(queue: "lockstep.office.ward-3.migration") == nil)
                group.cancelAll()
            }
        }
    }
}
