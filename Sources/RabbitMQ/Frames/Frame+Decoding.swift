extension Frame {
    /// Copies a frame; `nil` for kinds that mean nothing here, such as heartbeats.
    ///
    /// - Throws: ``RabbitMQError`` with code `protocolViolation` where its payload is not what its kind says.
    init?(copying frame: EncodedFrame, names: inout NameCache) throws {
        channel = frame.channel
        do throws(WireReader.Malformed) {
            switch frame.kind {
            case EncodedFrame.method: payload = .method(try Method(decoding: frame.payload, names: &names))
            case EncodedFrame.header: payload = .header(try ContentHeader(decoding: frame.payload))
            case EncodedFrame.body: payload = .body([UInt8](frame.payload))
            // AMQP 0-9-1, 4.2.3, wants the connection closed for an unknown kind; no broker sends one.
            default: return nil
            }
        } catch {
            throw RabbitMQError.violation("a frame whose content ends too early, or is of no known kind")
        }
    }
}

extension ContentHeader {
    private static let basicClass: UInt16 = 60

    fileprivate init(decoding payload: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
        var reader = WireReader(payload)
        guard try reader.short() == Self.basicClass else { throw WireReader.Malformed() }
        _ = try reader.short()
        bodySize = try reader.longLong()
        properties = try PropertiesBox(received: try reader.take(reader.rest))
    }
}

extension Method {
    fileprivate init(decoding payload: UnsafeRawBufferPointer, names: inout NameCache) throws(WireReader.Malformed) {
        var reader = WireReader(payload)
        let id = try reader.long()
        // Arguments behind the last one are passed over.
        switch MethodID(rawValue: id) {
        case .basicDeliver:
            _ = try reader.shortBytes()
            self = .basicDeliver(try Deliver(from: &reader, names: &names))
        case .basicGetOk: self = .basicGetOk(try Deliver(from: &reader, names: &names))
        case .basicAck: self = .basicAck(tag: try reader.longLong(), multiple: try reader.octet() & 1 != 0)
        case .basicNack: self = .basicNack(tag: try reader.longLong(), multiple: try reader.octet() & 1 != 0)
        case .basicReturn:
            self = .basicReturn(
                Return(
                    code: Int(try reader.short()), reason: try reader.shortString(),
                    exchange: names.name(try reader.shortBytes()), routingKey: names.name(try reader.shortBytes())))
        case .connectionClose: self = .connectionClose(try CloseReason(from: &reader))
        case .connectionCloseOk: self = .connectionCloseOk
        case .connectionBlocked: self = .connectionBlocked(reason: try reader.shortString())
        case .connectionUnblocked: self = .connectionUnblocked
        case .channelOpenOk: self = .channelOpenOk
        case .channelClose: self = .channelClose(try CloseReason(from: &reader))
        case .channelCloseOk: self = .channelCloseOk
        case .channelFlow: self = .channelFlow(active: try reader.octet() & 1 != 0)
        case .exchangeDeclareOk: self = .exchangeDeclareOk
        case .exchangeDeleteOk: self = .exchangeDeleteOk
        case .exchangeBindOk: self = .exchangeBindOk
        case .exchangeUnbindOk: self = .exchangeUnbindOk
        case .queueDeclareOk:
            _ = try reader.shortBytes()
            self = .queueDeclareOk(QueueStatus(messages: Int(try reader.long()), consumers: Int(try reader.long())))
        case .queueBindOk: self = .queueBindOk
        case .queueUnbindOk: self = .queueUnbindOk
        case .queueDeleteOk: self = .queueDeleteOk
        case .queuePurgeOk: self = .queuePurgeOk(messages: Int(try reader.long()))
        case .confirmSelectOk: self = .confirmSelectOk
        case .basicQosOk: self = .basicQosOk
        case .basicConsumeOk: self = .basicConsumeOk(tag: try reader.shortString())
        case .basicCancel: self = .basicCancel(tag: try reader.shortString())
        case .basicCancelOk: self = .basicCancelOk
        case .basicGetEmpty: self = .basicGetEmpty
        case .channelOpen, .channelFlowOk, .exchangeDeclare, .exchangeDelete, .exchangeBind, .exchangeUnbind,
            .queueDeclare, .queueBind, .queuePurge, .queueDelete, .queueUnbind, .basicQos, .basicConsume,
            .basicPublish, .basicGet, .confirmSelect, nil:
            self = .unexpected(id: id)
        }
    }
}

extension Method.CloseReason {
    fileprivate init(from reader: inout WireReader) throws(WireReader.Malformed) {
        code = Int(try reader.short())
        text = try reader.shortString()
    }
}

extension Method.Deliver {
    fileprivate init(from reader: inout WireReader, names: inout NameCache) throws(WireReader.Malformed) {
        tag = try reader.longLong()
        redelivered = try reader.octet() & 1 != 0
        exchange = names.name(try reader.shortBytes())
        routingKey = names.name(try reader.shortBytes())
    }
}
