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

    /// Makes a node the leader of a quorum queue and waits until it is.
    ///
    /// - Throws: ``PrivateBrokerError`` when no node runs, or the queue does not come to be led by this one.
    public func moveLeader(of queue: String, virtualHost: String = "/", to node: PrivateBroker) async throws {
        let resource = "rabbit_misc:r(<<\"\(virtualHost)\">>, queue, <<\"\(queue)\">>)"
        // In one call, since each starts an Erlang VM. The queue's record names the new leader a moment late.
        let answer = try await node.control([
            "eval",
            """
            Move = fun Move(0) -> failed; Move(Tries) ->
                {ok, Queue} = rabbit_amqqueue:lookup(\(resource)),
                case amqqueue:get_pid(Queue) of
                    {_, Leader} when Leader =:= node() -> moved;
                    _ ->
                        _ = rabbit_quorum_queue:transfer_leadership(Queue, node()),
                        timer:sleep(100),
                        Move(Tries - 1)
                end
            end,
            Move(100).
            """,
        ])
        guard answer.contains("moved") else {
            throw PrivateBrokerError(
                .controlFailed, "\(node.nodeName) did not become the leader of '\(queue)': \(answer)")
        }
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
