/// What brokers usually say, on the channel of the occasion.
extension ScriptedBroker.Occasion {
    /// A method with any arguments.
    public func answer(_ method: WireMethod, _ arguments: WireArguments = WireArguments()) -> ScriptedBroker.Answer {
        .frames([WireFrame(method, channel: channel, arguments: arguments.bytes)])
    }

    /// Confirms a publish, or all up to it.
    public func ack(_ number: UInt64, multiple: Bool = false) -> ScriptedBroker.Answer {
        answer(.basicAck, WireArguments().longLong(number).octet(multiple ? 1 : 0))
    }

    /// Refuses a publish, or all up to it.
    public func nack(_ number: UInt64, multiple: Bool = false) -> ScriptedBroker.Answer {
        answer(.basicNack, WireArguments().longLong(number).octet(multiple ? 1 : 0))
    }

    /// Gives a message back that no queue wanted; its confirm is another answer.
    ///
    /// - Parameter id: The message id to name; the message's own unless said otherwise.
    public func giveBack(_ publish: ScriptedBroker.Publish, id: String?? = .none) -> ScriptedBroker.Answer {
        let arguments = WireArguments().short(312).shortString("NO_ROUTE")
            .shortString(publish.exchange).shortString(publish.routingKey)
        let method = WireFrame(.basicReturn, channel: channel, arguments: arguments.bytes)
        return .frames([method] + content(publish.body, id: id ?? publish.messageID))
    }

    /// A delivery to a consumer: method, header, and the body in one frame.
    public func delivery(
        _ tag: UInt64, _ text: String, consumer: String = "consumer", redelivered: Bool = false
    ) -> [WireFrame] {
        let arguments = WireArguments().shortString(consumer).longLong(tag).octet(redelivered ? 1 : 0)
            .shortString("").shortString("q")
        return [WireFrame(.basicDeliver, channel: channel, arguments: arguments.bytes)] + content(Array(text.utf8))
    }

    /// Delivers a text.
    public func deliver(_ tag: UInt64, _ text: String, consumer: String = "consumer") -> ScriptedBroker.Answer {
        .frames(delivery(tag, text, consumer: consumer))
    }

    /// The header and the body of a message; an empty body has no frame.
    public func content(_ body: [UInt8], id: String? = nil) -> [WireFrame] {
        let header = contentHeader(bodySize: UInt64(body.count), id: id)
        return body.isEmpty ? [header] : [header, WireFrame(.body, channel: channel, payload: body)]
    }

    /// A content header that announces so many bytes.
    public func contentHeader(bodySize: UInt64, id: String? = nil) -> WireFrame {
        let fixed = WireArguments().short(60).short(0).longLong(bodySize)
        let properties = id.map { fixed.short(WireContent.messageIDFlag).shortString($0) } ?? fixed.short(0)
        return WireFrame(.header, channel: channel, payload: properties.bytes)
    }

    /// Closes the channel.
    public func closeChannel(_ code: UInt16, _ text: String) -> ScriptedBroker.Answer {
        answer(.channelClose, WireArguments().short(code).shortString(text).short(0).short(0))
    }

    /// Closes the connection as a broker does that is shut down; it waits for the client's word.
    public func closeConnection(_ code: UInt16 = 320, _ text: String = "CONNECTION_FORCED") -> ScriptedBroker.Answer {
        let arguments = WireArguments().short(code).shortString(text).short(0).short(0)
        return .frames([WireFrame(.connectionClose, channel: 0, arguments: arguments.bytes)])
    }

    /// Ends the consumer, as a broker does when its queue is deleted.
    public func cancelConsumer(_ tag: String = "consumer") -> ScriptedBroker.Answer {
        answer(.basicCancel, WireArguments().shortString(tag).octet(1))
    }

    /// Says with what limits the connection is to be used; a good broker's unless said otherwise.
    public func tune(channelMax: UInt16 = 2_047, frameMax: UInt32 = 131_072, heartbeat: UInt16 = 10)
        -> ScriptedBroker.Answer
    {
        answer(.connectionTune, WireArguments().short(channelMax).long(frameMax).short(heartbeat))
    }

    /// Begins the handshake.
    public func start(
        mechanisms: String = "PLAIN AMQPLAIN", version: (UInt8, UInt8) = (0, 9),
        properties: [(String, WireField)] = ScriptedBroker.properties
    ) -> ScriptedBroker.Answer {
        answer(
            .connectionStart,
            WireArguments().octet(version.0).octet(version.1).table(properties).longString(mechanisms)
                .longString("en_US"))
    }
}

extension ScriptedBroker {
    /// What a good broker says about itself.
    public static var properties: [(String, WireField)] {
        let capabilities = [
            "publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked",
            "exchange_exchange_bindings", "authentication_failure_close",
        ]
        return [
            ("capabilities", .table(capabilities.map { ($0, .bool(true)) })),
            ("product", .text("ScriptedBroker")), ("version", .text("3.10.8")),
        ]
    }
}
