import CRabbitMQ

extension ConnectionHandle {
    /// Sends a method; blocks only where the socket's buffer is full, and there the watchdog watches.
    func send<Arguments: BitwiseCopyable>(_ id: MethodID, on channel: UInt16, _ arguments: Arguments) throws {
        defer { arena.recycle() }
        var arguments = arguments
        try call { amqp_send_method(state, channel, id.rawValue, &arguments) }
    }

    func openChannel(_ channel: UInt16) throws {
        try send(.channelOpen, on: channel, amqp_channel_open_t(out_of_band: amqp_bytes_t()))
    }

    func closeChannel(_ channel: UInt16) throws {
        try send(
            .channelClose, on: channel,
            amqp_channel_close_t(reply_code: 200, reply_text: arena.bytes("done"), class_id: 0, method_id: 0))
    }

    func answerChannelClose(_ channel: UInt16) throws {
        try send(.channelCloseOk, on: channel, amqp_channel_close_ok_t())
    }

    func answerFlow(_ channel: UInt16, active: Bool) throws {
        try send(.channelFlowOk, on: channel, amqp_channel_flow_ok_t(active: active ? 1 : 0))
    }

    func closeConnection() throws {
        try send(
            .connectionClose, on: 0,
            amqp_connection_close_t(reply_code: 200, reply_text: arena.bytes("done"), class_id: 0, method_id: 0))
    }

    func answerConnectionClose() throws {
        try send(.connectionCloseOk, on: 0, amqp_connection_close_ok_t())
    }

    func selectConfirms(_ channel: UInt16) throws {
        try send(.confirmSelect, on: channel, amqp_confirm_select_t(nowait: 0))
    }

    func limitPrefetch(_ channel: UInt16, to count: UInt16) throws {
        try send(.basicQos, on: channel, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: count, global: 0))
    }

    func consume(_ channel: UInt16, queue: String, tag: String, exclusive: Bool, arguments: FieldTable) throws {
        try send(
            .basicConsume, on: channel,
            amqp_basic_consume_t(
                ticket: 0, queue: arena.bytes(queue), consumer_tag: arena.bytes(tag), no_local: 0, no_ack: 0,
                exclusive: exclusive ? 1 : 0, nowait: 0, arguments: try arguments.encoded(in: arena)))
    }

    func cancel(_ channel: UInt16, tag: String) throws {
        try send(.basicCancel, on: channel, amqp_basic_cancel_t(consumer_tag: arena.bytes(tag), nowait: 0))
    }

    func get(_ channel: UInt16, queue: String) throws {
        try send(.basicGet, on: channel, amqp_basic_get_t(ticket: 0, queue: arena.bytes(queue), no_ack: 0))
    }

    func settle(_ channel: UInt16, _ action: SettlementTracker.Action) throws {
        switch action.disposition {
        case .ack:
            try send(
                .basicAck, on: channel,
                amqp_basic_ack_t(delivery_tag: action.tag, multiple: action.multiple ? 1 : 0))
        case .requeue, .reject:
            try send(
                .basicNack, on: channel,
                amqp_basic_nack_t(
                    delivery_tag: action.tag, multiple: action.multiple ? 1 : 0,
                    requeue: action.disposition == .requeue ? 1 : 0))
        }
    }
}
