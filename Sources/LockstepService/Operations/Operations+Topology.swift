import Lockstep
import LockstepRabbitMQ
import RabbitMQ

extension Operations {
    /// Compares the broker with the topology that the configuration asks for; every object is listed.
    public func topologyPlan() async throws -> [TopologyRow] {
        try await plan().items.map(TopologyRow.init)
    }

    /// Declares what is missing, and lists what was.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `topologyMismatch` where an object is there with other
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
    }

    /// How the broker differs from the topology that the configuration asks for.
    func plan() async throws(LockstepError) -> TopologyPlan {
        TopologyPlan(
            wanted: configuration.topology,
            found: try await BrokerSnapshot.take(from: configuration.management)
        )
    }
}
