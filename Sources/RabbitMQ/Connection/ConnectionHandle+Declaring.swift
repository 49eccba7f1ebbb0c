extension ConnectionHandle {
    mutating func declare(_ exchange: Exchange, passive: Bool = false, on channel: UInt16) throws {
        try writer.method(.exchangeDeclare, on: channel) { out in
            out.short(0)
            try out.name(exchange.name, "exchange name")
            try out.name(exchange.kind.description, "exchange type")
            out.bits(passive, exchange.durable, false, exchange.isInternal, false)
            try exchange.arguments.write(to: &out)
        }
    }

    mutating func declare(_ queue: Queue, passive: Bool = false, on channel: UInt16) throws {
        try writer.method(.queueDeclare, on: channel) { out in
            out.short(0)
            try out.name(queue.name, "queue name")
            out.bits(passive, queue.durable, queue.exclusive, queue.autoDelete, false)
            try queue.arguments.write(to: &out)
        }
    }

    mutating func bind(_ binding: Binding, on channel: UInt16) throws {
        let isQueue = binding.destination.isQueue
        try writer.method(isQueue ? .queueBind : .exchangeBind, on: channel) { out in
            try out.ends(of: binding)
            out.bits(false)
            try binding.arguments.write(to: &out)
        }
    }

    mutating func unbind(_ binding: Binding, on channel: UInt16) throws {
        let isQueue = binding.destination.isQueue
        try writer.method(isQueue ? .queueUnbind : .exchangeUnbind, on: channel) { out in
            try out.ends(of: binding)
            // The one method of these that always waits.
            if !isQueue { out.bits(false) }
            try binding.arguments.write(to: &out)
        }
    }

    mutating func deleteQueue(_ name: String, on channel: UInt16) throws {
        try writer.method(.queueDelete, on: channel) { out in
            out.short(0)
            try out.name(name, "queue name")
            out.bits(false, false, false)
        }
    }

    mutating func deleteExchange(_ name: String, on channel: UInt16) throws {
        try writer.method(.exchangeDelete, on: channel) { out in
            out.short(0)
            try out.name(name, "exchange name")
            out.bits(false, false)
        }
    }

    mutating func purge(_ queue: String, on channel: UInt16) throws {
        try writer.method(.queuePurge, on: channel) { out in
            out.short(0)
            try out.name(queue, "queue name")
            out.bits(false)
        }
    }
}

extension Binding.Destination {
    fileprivate var isQueue: Bool {
        if case .queue = self { true } else { false }
    }

    fileprivate var name: String {
        switch self {
        case .queue(let name), .exchange(let name): name
        }
    }
}

extension WireWriter {
    /// Where a binding leads, where it comes from, and its key.
    fileprivate mutating func ends(of binding: Binding) throws {
        short(0)
        try name(binding.destination.name, binding.destination.isQueue ? "queue name" : "exchange name")
        try name(binding.source, "exchange name")
        try name(binding.routingKey, "routing key")
    }

    fileprivate mutating func name(_ text: String, _ what: String) throws {
        shortString(try ShortString.checked(text, as: what))
    }

    /// Flags in one octet, from the lowest bit.
    fileprivate mutating func bits(_ flags: Bool...) {
        octet(flags.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) })
    }
}
