extension RabbitMQClient {
    /// Takes up to `limit` messages that are ready now, in one batch, and settles them as the handler says.
    ///
    /// What the handler throws requeues them and is rethrown. Without messages the handler is not called.
    ///
    /// - Returns: how many there were.
    public func get(
        from queue: String, limit: Int, handler: ([Delivery]) async throws -> [Disposition]
    ) async throws -> Int {
        _ = try ShortString.checked(queue, as: "queue name")
        try await ready()
        let got = try await consuming.get(from: queue, limit: limit)
        let deliveries = got.flatMap(\.deliveries)
        do {
            guard !deliveries.isEmpty else {
                await close(got)
                return 0
            }
            var dispositions = try await handler(deliveries)[...]
            try Self.check(Array(dispositions), for: deliveries)
            for part in got {
                let settled = zip(part.deliveries, dispositions).map { (tag: $0.deliveryTag, disposition: $1) }
                guard await consuming.settle(settled, on: part.channel) else { throw RabbitMQError.settlementLost }
                // One after the other, so that what goes back does so in its order.
                await consuming.closeChannel(part.channel)
                dispositions = dispositions.dropFirst(part.deliveries.count)
            }
            return deliveries.count
        } catch {
            // Closing gives back what is not settled.
            await close(got)
            throw error
        }
    }

    private func close(_ got: [Connection.Got]) async {
        for part in got { await consuming.closeChannel(part.channel) }
    }

    /// Declares exchanges, queues and bindings; what is there already with the same arguments stays.
    ///
    /// - Throws: ``RabbitMQError``; with code `preconditionFailed` where something is there with other arguments, and
    ///   then the message names the object and the argument.
    public func declare(_ topology: Topology) async throws {
        try topology.check()
        try await ready()
        try await consuming.declare(topology)
    }

    /// Looks at a queue without touching it; `nil` where it is missing.
    public func inspect(queue: String) async throws -> QueueStatus? {
        _ = try ShortString.checked(queue, as: "queue name")
        try await ready()
        return try await consuming.inspect(queue: queue)
    }

    /// Whether an exchange is there.
    public func exists(exchange: String) async throws -> Bool {
        _ = try ShortString.checked(exchange, as: "exchange name")
        try await ready()
        return try await consuming.exists(exchange: exchange)
    }

    /// Deletes a queue with all that is in it; nothing happens where it is missing.
    public func delete(queue: String) async throws {
        _ = try ShortString.checked(queue, as: "queue name")
        try await ready()
        try await consuming.delete(queue: queue)
    }

    /// Deletes an exchange; nothing happens where it is missing.
    public func delete(exchange: String) async throws {
        _ = try ShortString.checked(exchange, as: "exchange name")
        try await ready()
        try await consuming.delete(exchange: exchange)
    }

    /// Removes a binding; nothing happens where it is missing.
    public func unbind(_ binding: Binding) async throws {
        try binding.check()
        try await ready()
        try await consuming.unbind(binding)
    }

    /// Throws away all messages of a queue that are ready; returns how many there were.
    @discardableResult
    public func purge(queue: String) async throws -> Int {
        _ = try ShortString.checked(queue, as: "queue name")
        try await ready()
        return try await consuming.purge(queue: queue)
    }

    /// Waits for the connection, but no longer than a command may take.
    func ready() async throws {
        let gate = consuming.gate
        let limit = configuration.rpcTimeout
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await gate.wait()
                return true
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else {
                let why = status.consuming.lastError ?? "run() may not have been called"
                throw RabbitMQError(
                    .timeout, "The client has had no connection for \(limit). Nothing was done. The last error: \(why)")
            }
        }
    }
}

extension RabbitMQError {
    static var settlementLost: RabbitMQError {
        RabbitMQError(
            .connectionLost,
            "The connection broke before the messages could be settled. The broker has them back and delivers them again."
        )
    }
}
