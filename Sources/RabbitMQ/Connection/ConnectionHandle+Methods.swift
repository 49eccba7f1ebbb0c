extension ConnectionHandle {
    mutating func openChannel(_ channel: UInt16) throws {
        try writer.method(.channelOpen, on: channel) { $0.shortString("") }
    }

    mutating func closeChannel(_ channel: UInt16) throws {
        try writer.method(.channelClose, on: channel) { $0.close() }
    }

    mutating func answerChannelClose(_ channel: UInt16) throws {
        try writer.method(.channelCloseOk, on: channel)
    }

    mutating func answerFlow(_ channel: UInt16, active: Bool) throws {
        try writer.method(.channelFlowOk, on: channel) { $0.octet(active ? 1 : 0) }
    }

    mutating func closeConnection() throws {
        try writer.method(.connectionClose, on: 0) { $0.close() }
    }

    mutating func answerConnectionClose() throws {
        try writer.method(.connectionCloseOk, on: 0)
    }

    mutating func selectConfirms(_ channel: UInt16) throws {
        try writer.method(.confirmSelect, on: channel) { $0.octet(0) }
    }

    mutating func limitPrefetch(_ channel: UInt16, to count: UInt16) throws {
        try writer.method(.basicQos, on: channel) { out in
            out.long(0)
            out.short(count)
            out.octet(0)
        }
    }

    mutating func consume(
        _ channel: UInt16, queue: String, tag: String, exclusive: Bool, arguments: FieldTable
    ) throws {
        try writer.method(.basicConsume, on: channel) { out in
            out.short(0)
            out.shortString(try ShortString.checked(queue, as: "queue name"))
            out.shortString(try ShortString.checked(tag, as: "consumer tag"))
            // In this order from the lowest bit: no-local, no-ack, exclusive, no-wait.
            out.octet(exclusive ? 4 : 0)
            try arguments.write(to: &out)
        }
    }

    mutating func cancel(_ channel: UInt16, tag: String) throws {
        try writer.method(.basicCancel, on: channel) { out in
            out.shortString(try ShortString.checked(tag, as: "consumer tag"))
            out.octet(0)
        }
    }

    mutating func get(_ channel: UInt16, queue: String) throws {
        try writer.method(.basicGet, on: channel) { out in
            out.short(0)
            out.shortString(try ShortString.checked(queue, as: "queue name"))
            out.octet(0)
        }
    }

    mutating func settle(_ channel: UInt16, _ action: SettlementTracker.Action) throws {
        let multiple: UInt8 = action.multiple ? 1 : 0
        switch action.disposition {
        case .ack:
            try writer.method(.basicAck, on: channel) { out in
                out.longLong(action.tag)
                out.octet(multiple)
            }
        case .requeue, .reject:
            try writer.method(.basicNack, on: channel) { out in
                out.longLong(action.tag)
                out.octet(multiple | (action.disposition == .requeue ? 2 : 0))
            }
        }
    }
}

extension WireWriter {
    /// The arguments of a close that has no other reason than the end.
    fileprivate mutating func close() {
        short(200)
        shortString("done")
        long(0)
    }
}
