import CRabbitMQ

extension Frame {
    /// Copies a frame; `nil` for kinds that mean nothing here, such as heartbeats.
    init?(copying frame: amqp_frame_t) {
        channel = frame.channel
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            let method = frame.payload.method
            payload = .method(Method(id: method.id, decoded: method.decoded))
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            guard let decoded = header.decoded else { return nil }
            var truncated = false
            let properties = MessageProperties(
                decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee, wasTruncated: &truncated)
            payload = .header(
                ContentHeader(
                    bodySize: header.body_size, properties: Boxed(properties), headersWereTruncated: truncated))
        case AMQP_FRAME_BODY:
            payload = .body([UInt8](frame.payload.body_fragment))
        default:
            return nil
        }
    }
}

extension Method {
    fileprivate init(id: UInt32, decoded: UnsafeMutableRawPointer?) {
        guard let decoded, let known = MethodID(rawValue: id) else {
            self = .unexpected(id: id)
            return
        }
        /// The arguments as the structure that librabbitmq decodes this method into.
        func arguments<Arguments>(_ type: Arguments.Type) -> Arguments {
            decoded.assumingMemoryBound(to: type).pointee
        }
        switch known {
        case .connectionClose:
            let close = arguments(amqp_connection_close_t.self)
            self = .connectionClose(CloseReason(code: Int(close.reply_code), text: String(close.reply_text)))
        case .connectionCloseOk: self = .connectionCloseOk
        case .connectionBlocked:
            self = .connectionBlocked(reason: String(arguments(amqp_connection_blocked_t.self).reason))
        case .connectionUnblocked: self = .connectionUnblocked
        case .channelOpenOk: self = .channelOpenOk
        case .channelClose:
            let close = arguments(amqp_channel_close_t.self)
            self = .channelClose(CloseReason(code: Int(close.reply_code), text: String(close.reply_text)))
        case .channelCloseOk: self = .channelCloseOk
        case .channelFlow: self = .channelFlow(active: arguments(amqp_channel_flow_t.self).active != 0)
        case .exchangeDeclareOk: self = .exchangeDeclareOk
        case .exchangeDeleteOk: self = .exchangeDeleteOk
        case .exchangeBindOk: self = .exchangeBindOk
        case .exchangeUnbindOk: self = .exchangeUnbindOk
        case .queueDeclareOk:
            let queue = arguments(amqp_queue_declare_ok_t.self)
            self = .queueDeclareOk(
                QueueStatus(messages: Int(queue.message_count), consumers: Int(queue.consumer_count)))
        case .queueBindOk: self = .queueBindOk
        case .queueUnbindOk: self = .queueUnbindOk
        case .queueDeleteOk: self = .queueDeleteOk
        case .queuePurgeOk:
            self = .queuePurgeOk(messages: Int(arguments(amqp_queue_purge_ok_t.self).message_count))
        case .confirmSelectOk: self = .confirmSelectOk
        case .basicQosOk: self = .basicQosOk
        case .basicConsumeOk:
            self = .basicConsumeOk(tag: String(arguments(amqp_basic_consume_ok_t.self).consumer_tag))
        case .basicCancel: self = .basicCancel(tag: String(arguments(amqp_basic_cancel_t.self).consumer_tag))
        case .basicCancelOk: self = .basicCancelOk
        case .basicAck:
            let ack = arguments(amqp_basic_ack_t.self)
            self = .basicAck(tag: ack.delivery_tag, multiple: ack.multiple != 0)
        case .basicNack:
            let nack = arguments(amqp_basic_nack_t.self)
            self = .basicNack(tag: nack.delivery_tag, multiple: nack.multiple != 0)
        case .basicReturn:
            let back = arguments(amqp_basic_return_t.self)
            self = .basicReturn(
                Return(
                    code: Int(back.reply_code), reason: String(back.reply_text), exchange: String(back.exchange),
                    routingKey: String(back.routing_key)))
        case .basicDeliver:
            let deliver = arguments(amqp_basic_deliver_t.self)
            self = .basicDeliver(
                Deliver(
                    tag: deliver.delivery_tag, redelivered: deliver.redelivered != 0,
                    exchange: String(deliver.exchange), routingKey: String(deliver.routing_key)))
        case .basicGetOk:
            let got = arguments(amqp_basic_get_ok_t.self)
            self = .basicGetOk(
                Deliver(
                    tag: got.delivery_tag, redelivered: got.redelivered != 0, exchange: String(got.exchange),
                    routingKey: String(got.routing_key)))
        case .basicGetEmpty: self = .basicGetEmpty
        case .channelOpen, .channelFlowOk, .exchangeDeclare, .exchangeDelete, .exchangeBind, .exchangeUnbind,
            .queueDeclare, .queueBind, .queuePurge, .queueDelete, .queueUnbind, .basicQos, .basicConsume,
            .basicPublish, .basicGet, .confirmSelect:
            self = .unexpected(id: id)
        }
    }
}
