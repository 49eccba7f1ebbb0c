import Lockstep
import LockstepRabbitMQ
import RabbitMQ

extension Operations {
    /// Compares the broker with the topology that the configuration asks for; every object is listed.
    public func topologyPlan() async throws -> [TopologyRow] {
        try await plan().items.map(TopologyRow.init)
    }

    /// Declares what is missing, and lists what was; deletes the empty dead-letter queues of offices that are gone.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `topologyMismatch` where an object is there with other
    ///   arguments; nothing is declared then.
    public func applyTopology() async throws -> [TopologyRow] {
        let plan = try await plan()
        guard plan.canBeApplied else {
            let names = plan.items.filter(\.differs).map { "\($0.kind) '\($0.name)'" }.joined(separator: ", ")
            throw LockstepError(
                .topologyMismatch,
                "The broker has objects with other arguments: \(names). Nothing was declared. 'lockstep topology plan' "
                    + "names the arguments; 'lockstep topology migrate' makes queues anew without losing what is in them."
            )
        }
        let (topology, offices) = (configuration.topology, configuration.offices.map(\.office))
        try await withClient("topology") { try await $0.declare(topology, of: offices) }
        return plan.items.filter { $0.state == .missing }.map(TopologyRow.init)
            + (try await deleteRemains()).map { TopologyRow(removed: BrokerName.deadLetters(of: $0)) }
    }

    /// Deletes the empty dead-letter queues of offices that are gone, and to which nothing can come any more.
    private func deleteRemains() async throws -> [OfficeName] {
        let known = Set(configuration.offices.map(\.office) + configuration.stored.leaving.map(\.office))
        let found = try await withQueues("topology") { try await $0.emptyRemains(besides: known) }
        var removed: [OfficeName] = []
        for office in found where try await deleteRemains(of: office) { removed.append(office) }
        return removed
    }

    /// Deletes the dead-letter queue of an office that is gone, where it is empty and nothing can come to it any more.
    ///
    /// - Returns: Whether it is gone.
    func deleteRemains(of office: OfficeName) async throws -> Bool {
        // Nobody makes it anew meanwhile.
        try await changingSubscriptions {
            let now = try await current()
            guard !now.offices.contains(where: { $0.office == office }),
                !now.stored.leaving.contains(where: { $0.office == office })
            else { return false }
            return try await withQueues("topology") { try await $0.deleteRemains(of: office) }
        }
    }

    /// How the broker differs from the topology that the configuration asks for.
    func plan() async throws(LockstepError) -> TopologyPlan {
        TopologyPlan(
            wanted: configuration.topology,
            found: try await BrokerSnapshot.take(from: configuration.management)
        )
    }
}
