public import Lockstep
import RabbitMQ

extension OfficeQueues {
    /// Deletes the dead-letter queue that the deletion of an office has left, where it is empty and nothing can come to it any
    /// more.
    ///
    /// Quorum queues know no "only if it is empty": first all that leads to it is unbound, then it is looked whether it
    /// stays empty; where not, it is bound again. What would come back meanwhile, against all that is known, is kept in
    /// `lockstep.dead.unowned`.
    ///
    /// - Returns: Whether it is gone. False where it holds any letter, or where the office is there.
    public func deleteRemains(of office: OfficeName) async throws(LockstepError) -> Bool {
        let still = stillness(of: BrokerName.deadLetters(of: office))
        return try await translated {
            guard try await client.inspect(queue: still.queue)?.messages == 0, try await !isThere(office),
                try await waiting() == 0
            else { return false }
            for binding in try await bindings(of: still.queue) { try await client.unbind(binding) }
            do {
                if try await still.isEmpty(consumersGoneSince: .now) {
                    try await client.delete(queue: still.queue)
                    return true
                }
            } catch {
                // Somebody looks at a letter: it is given back to where it was.
                try await client.declare(OfficeTopology.remains(of: office))
                throw error
            }
            try await client.declare(OfficeTopology.remains(of: office))
            return false
        }
    }

    /// The offices that are gone, and have left a dead-letter queue that is empty, as far as the management's figures say.
    ///
    /// - Parameter offices: Those that are known to be there.
    public func emptyRemains(besides offices: Set<OfficeName>) async throws(LockstepError) -> [OfficeName] {
        let queues = try await api.queues()
        let names = Set(queues.map(\.name))
        return queues.filter { $0.total == 0 }.compactMap { BrokerName.office(ofDeadLetters: $0.name) }.filter {
            !offices.contains($0) && !names.contains(BrokerName.queue(of: $0))
        }
    }

    /// Whether the office has any queue but that of its dead letters; while one is made anew it has a temporary one.
    private func isThere(_ office: OfficeName) async throws -> Bool {
        let own = [BrokerName.queue(of: office), BrokerName.control(of: office)]
        for name in own + own.map(QueueMigration.temporaryName) {
            if try await client.inspect(queue: name) != nil { return true }
        }
        return false
    }
}
