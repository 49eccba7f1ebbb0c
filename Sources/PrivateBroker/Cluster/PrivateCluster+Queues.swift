import FoundationEssentials

extension PrivateCluster {
    /// The node that leads a quorum queue now; nil where the queue is missing or is electing its leader.
    ///
    /// - Throws: ``PrivateBrokerError`` when no node runs, or none that does can tell.
    public func leader(of queue: String, virtualHost: String = "/") async throws -> PrivateBroker? {
        let name = try await status(of: queue, virtualHost: virtualHost)?.leader
        return nodes.first { $0.nodeName == name }
    }

    /// The nodes on which a quorum queue's replica runs; a new queue has all of them only after a moment.
    ///
    /// - Throws: ``PrivateBrokerError`` when no node runs, or none that does can tell.
    public func online(for queue: String, virtualHost: String = "/") async throws -> [PrivateBroker] {
        let names = try await status(of: queue, virtualHost: virtualHost)?.online ?? []
        return nodes.filter { names.contains($0.nodeName) }
    }

    private struct Status: Decodable {
        var name: String
        var leader: String?
        var online: [String]?
    }

    private func status(of queue: String, virtualHost: String) async throws -> Status? {
        guard let node = nodes.first(where: { $0.processID != nil }) else {
            throw PrivateBrokerError(.notRunning, "No node of the cluster runs: restart one first.")
        }
        let list = try await node.control([
            "list_queues", "--vhost", virtualHost, "--quiet", "--formatter", "json", "name", "leader", "online",
        ])
        do {
            return try JSONDecoder().decode([Status].self, from: Data(list.utf8)).first { $0.name == queue }
        } catch {
            throw PrivateBrokerError(.controlFailed, "rabbitmqctl listed no queues but: \(list)", underlying: error)
        }
    }
}
