import CRabbitMQ

extension Connection {
    /// Declares exchanges, queues and bindings, in that order.
    func declare(_ topology: Topology) async throws {
        guard !topology.isEmpty else { return }
        try await withChannel { channel in
            for exchange in topology.exchanges {
                try await self.naming("the exchange '\(exchange.name)'") {
                    _ = try await self.call(channel, .exchangeDeclareOk) {
                        try $0.declare(exchange, on: channel.number)
                    }
                }
            }
            for queue in topology.queues {
                try await self.naming("the queue '\(queue.name)'") {
                    _ = try await self.call(channel, .queueDeclareOk) { try $0.declare(queue, on: channel.number) }
                }
            }
            for binding in topology.bindings {
                try await self.naming("the binding of '\(binding.source)'") {
                    _ = try await self.call(channel, binding.bindReply) { try $0.bind(binding, on: channel.number) }
                }
            }
        }
    }

    func inspect(queue: String) async throws -> QueueStatus? {
        try await nilWhereMissing {
            try await self.withChannel { channel in
                let answer = try await self.call(channel, .queueDeclareOk) {
                    try $0.declare(Queue(name: queue), passive: true, on: channel.number)
                }
                guard case .method(.queueDeclareOk(let status)) = answer else { return nil }
                return status
            }
        }
    }

    func exists(exchange: String) async throws -> Bool {
        try await nilWhereMissing {
            try await self.withChannel { channel in
                _ = try await self.call(channel, .exchangeDeclareOk) {
                    try $0.declare(Exchange(name: exchange), passive: true, on: channel.number)
                }
                return true
            }
        } ?? false
    }

    func delete(queue: String) async throws {
        _ = try await nilWhereMissing {
            try await self.withChannel { channel in
                try await self.call(channel, .queueDeleteOk) { try $0.deleteQueue(queue, on: channel.number) }
            }
        }
    }

    func delete(exchange: String) async throws {
        _ = try await nilWhereMissing {
            try await self.withChannel { channel in
                try await self.call(channel, .exchangeDeleteOk) { try $0.deleteExchange(exchange, on: channel.number) }
            }
        }
    }

    func unbind(_ binding: Binding) async throws {
        _ = try await nilWhereMissing {
            try await self.withChannel { channel in
                try await self.call(channel, binding.unbindReply) { try $0.unbind(binding, on: channel.number) }
            }
        }
    }

    func purge(queue: String) async throws -> Int {
        try await withChannel { channel in
            let answer = try await self.call(channel, .queuePurgeOk) { try $0.purge(queue, on: channel.number) }
            guard case .method(.queuePurgeOk(let messages)) = answer else { return 0 }
            return messages
        }
    }

    /// Runs commands on a channel of their own: an error closes that one and no other.
    private func withChannel<Result>(_ body: (ChannelID) async throws -> Result) async throws -> Result {
        let channel = try await openChannel()
        do {
            let result = try await body(channel)
            await closeChannel(channel)
            return result
        } catch {
            await closeChannel(channel)
            throw error
        }
    }

    private func nilWhereMissing<Result>(_ body: () async throws -> Result?) async throws -> Result? {
        do {
            return try await body()
        } catch let error as RabbitMQError where error.code == .notFound {
            return nil
        }
    }

    /// Puts the object's name before the broker's words.
    private func naming(_ object: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RabbitMQError {
            throw RabbitMQError(
                error.code, "Declaring \(object) failed. \(error.message)", underlying: error.underlying,
                file: error.file, line: error.line)
        }
    }
}

extension Binding {
    fileprivate var bindReply: ChannelStateMachine<Channel.Waiter>.Reply {
        if case .queue = destination { .queueBindOk } else { .exchangeBindOk }
    }

    fileprivate var unbindReply: ChannelStateMachine<Channel.Waiter>.Reply {
        if case .queue = destination { .queueUnbindOk } else { .exchangeUnbindOk }
    }
}
