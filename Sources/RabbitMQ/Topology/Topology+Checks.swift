extension Topology {
    /// Looks for names that AMQP cannot carry, before anything is sent.
    func check() throws {
        for exchange in exchanges { _ = try ShortString.checked(exchange.name, as: "exchange name") }
        for queue in queues {
            _ = try ShortString.checked(queue.name, as: "queue name")
            if queue.name.isEmpty {
                throw RabbitMQError(
                    .invalidName, "A queue needs a name: the broker would choose another on each connect.")
            }
        }
        for binding in bindings { try binding.check() }
    }
}

extension Binding {
    func check() throws {
        _ = try ShortString.checked(source, as: "exchange name")
        _ = try ShortString.checked(routingKey, as: "binding key")
        switch destination {
        case .queue(let name): _ = try ShortString.checked(name, as: "queue name")
        case .exchange(let name): _ = try ShortString.checked(name, as: "exchange name")
        }
    }
}
