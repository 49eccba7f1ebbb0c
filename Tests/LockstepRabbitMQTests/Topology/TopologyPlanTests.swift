import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TopologyPlanTests {
    private static func plan(_ offices: Offices, wanting subscriptions: [Subscription]? = nil) async throws
        -> TopologyPlan
    {
        TopologyPlan(
            wanted: OfficeTopology.complete(for: subscriptions ?? offices.subscriptions),
            found: try await BrokerSnapshot.take(from: offices.management)
        )
    }

    @Test func whatWasDeclaredIsAsWanted() async throws {
        try await withOffices { offices in
            let plan = try await Self.plan(offices)
            #expect(plan.differences.isEmpty)
        }
    }

    @Test func whatIsMissingIsNamed() async throws {
        try await withOffices { offices in
            try await offices.client.delete(queue: "lockstep.wait.5s")
            let plan = try await Self.plan(offices)
            #expect(plan.differences.map(\.name) == ["lockstep.wait.5s", "lockstep.wait → lockstep.wait.5s (5s.#)"])
            #expect(plan.canBeApplied)
        }
    }

    @Test func anotherArgumentIsNamedAndNothingIsDeclaredOverIt() async throws {
        try await withOffices(declaring: false) { offices in
            let stranger = Queue(
                name: "lockstep.office.ward-3",
                arguments: ["x-queue-type": "quorum", "x-delivery-limit": 5, "x-max-length": 10]
            )
            try await offices.client.declare(Topology(queues: [stranger]))
            let plan = try await Self.plan(offices)
            #expect(!plan.canBeApplied)
            let item = try #require(plan.items.first { $0.name == stranger.name })
            guard case .differs(let differences) = item.state else {
                Issue.record("\(item.state)")
                return
            }
            let limit = try #require(differences.first { $0.argument == "x-delivery-limit" })
            #expect(limit.wanted == "20")
            #expect(limit.found == "5")
            #expect(differences.contains { $0.argument == "x-max-length" && $0.wanted == nil })
            let error = await #expect(throws: RabbitMQError.self) {
                try await offices.client.declare(OfficeTopology.complete(for: offices.subscriptions))
            }
            #expect(error?.code == .preconditionFailed)
            #expect(error?.message.contains("lockstep.office.ward-3") == true)
        }
    }

    @Test func aBindingThatNobodyWantsAnyMoreIsNamed() async throws {
        try await withOffices(["ward-3": ["permit.#", "policy.#"]]) { offices in
            var fewer = offices.subscriptions
            fewer[0].events.removeLast()
            let differences = try await Self.plan(offices, wanting: fewer).differences
            #expect(differences.map(\.name) == ["lockstep.events → lockstep.office.ward-3 (policy.#)"])
            #expect(differences.map(\.state) == [.unwanted])
        }
    }

    /// Reports went nowhere before there was a ledger: the queue was bound by a key that nobody used.
    @Test func aBrokerFromBeforeTheLedgerLacksItsBindingsAndNothingElse() async throws {
        try await withOffices(declaring: false) { offices in
            var before = OfficeTopology.complete(for: offices.subscriptions)
            before.queues.removeAll { $0.name == "lockstep.ledger.dead" }
            before.bindings.removeAll { $0.source == "lockstep.receipts" || $0.routingKey == "lockstep.ledger" }
            before.bindings.append(
                Binding(source: "lockstep.receipts", destination: .queue("lockstep.ledger"), routingKey: "receipt"))
            try await offices.client.declare(before)
            let plan = try await Self.plan(offices)
            #expect(
                Set(plan.differences.map(\.name)) == [
                    "lockstep.ledger.dead", "lockstep.dead → lockstep.ledger.dead (lockstep.ledger)",
                    "lockstep.receipts → lockstep.ledger (publications)",
                    "lockstep.receipts → lockstep.ledger (ward-3)",
                    "lockstep.receipts → lockstep.office.ward-3.control (control.ward-3)",
                ])
            #expect(plan.differences.allSatisfy { $0.state == .missing })
            #expect(plan.canBeApplied)
            try await offices.client.declare(OfficeTopology.complete(for: offices.subscriptions))
            #expect(try await Self.plan(offices).differences.isEmpty)
        }
    }

    @Test func aFileWithFewerOfficesKnowsNothingOfTheOthersReports() async throws {
        try await withOffices(["ward-3": ["#"], "ward-4": ["#"]]) { offices in
            let plan = try await Self.plan(offices, wanting: Array(offices.subscriptions.prefix(1)))
            #expect(plan.differences.isEmpty)
        }
    }

    @Test func whatBelongsToOthersIsNoneOfItsBusiness() async throws {
        try await withOffices { offices in
            try await offices.client.declare(Topology(queues: [Queue(name: "somebody-elses")]))
            #expect(try await Self.plan(offices).differences.isEmpty)
        }
    }

    @Test func everythingOfAnOfficesQueueIsAsTheDesignAsks() throws {
        var subscription = Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("permit.#")])
        let queue = try #require(OfficeTopology.office(subscription).queues.first)
        #expect(
            queue.arguments == [
                "x-queue-type": "quorum", "x-dead-letter-exchange": "lockstep.dead",
                "x-dead-letter-routing-key": "ward-3", "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish", "x-delivery-limit": 20, "x-single-active-consumer": true,
            ]
        )
        subscription.limit = 7
        #expect(OfficeTopology.office(subscription).queues.first?.arguments["x-max-length"] == 7)
    }
}
