import CRabbitMQ

extension ConnectionHandle {
    func declare(_ exchange: Exchange, passive: Bool = false, on channel: UInt16) throws {
        try send(
            .exchangeDeclare, on: channel,
            amqp_exchange_declare_t(
                ticket: 0, exchange: arena.bytes(exchange.name), type: arena.bytes(exchange.kind.description),
                passive: passive ? 1 : 0, durable: exchange.durable ? 1 : 0, auto_delete: 0,
                internal: exchange.isInternal ? 1 : 0, nowait: 0, arguments: try exchange.arguments.encoded(in: arena)))
    }

    func declare(_ queue: Queue, passive: Bool = false, on channel: UInt16) throws {
        try send(
            .queueDeclare, on: channel,
            amqp_queue_declare_t(
                ticket: 0, queue: arena.bytes(queue.name), passive: passive ? 1 : 0, durable: queue.durable ? 1 : 0,
                exclusive: queue.exclusive ? 1 : 0, auto_delete: queue.autoDelete ? 1 : 0, nowait: 0,
                arguments: try queue.arguments.encoded(in: arena)))
    }

    func bind(_ binding: Binding, on channel: UInt16) throws {
        let arguments = try binding.arguments.encoded(in: arena)
        switch binding.destination {
        case .queue(let name):
            try send(
                .queueBind, on: channel,
                amqp_queue_bind_t(
                    ticket: 0, queue: arena.bytes(name), exchange: arena.bytes(binding.source),
                    routing_key: arena.bytes(binding.routingKey), nowait: 0, arguments: arguments))
        case .exchange(let name):
            try send(
                .exchangeBind, on: channel,
                amqp_exchange_bind_t(
                    ticket: 0, destination: arena.bytes(name), source: arena.bytes(binding.source),
                    routing_key: arena.bytes(binding.routingKey), nowait: 0, arguments: arguments))
        }
    }

    func unbind(_ binding: Binding, on channel: UInt16) throws {
        let arguments = try binding.arguments.encoded(in: arena)
        switch binding.destination {
        case .queue(let name):
            try send(
                .queueUnbind, on: channel,
                amqp_queue_unbind_t(
                    ticket: 0, queue: arena.bytes(name), exchange: arena.bytes(binding.source),
                    routing_key: arena.bytes(binding.routingKey), arguments: arguments))
        case .exchange(let name):
            try send(
                .exchangeUnbind, on: channel,
                amqp_exchange_unbind_t(
                    ticket: 0, destination: arena.bytes(name), source: arena.bytes(binding.source),
                    routing_key: arena.bytes(binding.routingKey), nowait: 0, arguments: arguments))
        }
    }

    func deleteQueue(_ name: String, on channel: UInt16) throws {
        try send(
            .queueDelete, on: channel,
            amqp_queue_delete_t(ticket: 0, queue: arena.bytes(name), if_unused: 0, if_empty: 0, nowait: 0))
    }

    func deleteExchange(_ name: String, on channel: UInt16) throws {
        try send(
            .exchangeDelete, on: channel,
            amqp_exchange_delete_t(ticket: 0, exchange: arena.bytes(name), if_unused: 0, nowait: 0))
    }

    func purge(_ queue: String, on channel: UInt16) throws {
        try send(.queuePurge, on: channel, amqp_queue_purge_t(ticket: 0, queue: arena.bytes(queue), nowait: 0))
    }
}
