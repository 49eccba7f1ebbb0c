import Logging

extension Connection {
    /// Says what a frame means.
    func dispatch(_ frame: Frame) throws {
        if frame.channel == 0 {
            guard case .method(let method) = frame.payload else {
                throw RabbitMQError.violation("content on channel 0")
            }
            try dispatchOnConnection(method)
            return
        }
        // A channel that is closed on both sides has no frames any more, but for those that crossed its close.
        guard let channel = channels[frame.channel] else {
            // The library keeps memory for each number that it has seen, and there are 65,535.
            guard frame.channel <= highestChannel else {
                throw RabbitMQError.violation("a frame on a channel that was never opened")
            }
            return
        }
        switch frame.payload {
        case .method(let method):
            try dispatch(method, on: channel, frame.channel)
        case .header(let header):
            try channel.assembler.receive(header).map { try complete($0, on: channel, frame.channel) }
        case .body(let fragment):
            try channel.assembler.receive(fragment).map { try complete($0, on: channel, frame.channel) }
        }
    }

    private func dispatchOnConnection(_ method: Method) throws {
        switch method {
        case .connectionClose(let reason):
            // Out with it at once: the pump ends here.
            try? handle?.answerConnectionClose()
            _ = try? handle?.flush()
            throw RabbitMQError(reason)
        case .connectionCloseOk:
            closing = .done
        case .connectionBlocked(let reason):
            blockedReason = reason
            board.update(role) { $0.state = .blocked(reason: reason) }
            logger.info("The broker has blocked the connection", metadata: .of([.reason: reason]))
        case .connectionUnblocked:
            blockedReason = nil
            unblocked = .now
            board.update(role) { $0.state = .ready }
            logger.info("The broker has unblocked the connection")
        default:
            throw RabbitMQError.violation("a method that does not belong on channel 0")
        }
    }

    private func dispatch(_ method: Method, on channel: Channel, _ number: UInt16) throws {
        if channel.assembler.isInMessage {
            guard case .channelClose = method else { throw RabbitMQError.violation("a method inside a message") }
        }
        switch channel.machine.receive(method) {
        case .resume(let waiter):
            // The answer to a close that nobody waits for was never counted.
            if waiter != nil { callsInFlight -= 1 }
            if method == .channelCloseOk { finishChannel(number) }
            waiter?.resume(returning: .method(method))
        case .closed(let reason, let waiters):
            try handle?.answerChannelClose(number)
            channelClosed(number, RabbitMQError(reason), waiters)
        case .begin(let start):
            try channel.assembler.begin(start)
        case .confirm(let tag, let multiple, let isAck):
            try confirm(tag, multiple: multiple, isAck: isAck, on: number)
        case .cancelled:
            consumerCancelled(number)
        case .flow(let active):
            try handle?.answerFlow(number, active: active)
        case .ignore:
            return
        case .violation:
            throw RabbitMQError.violation("a method that nothing asked for")
        }
    }

    /// A message is complete.
    private func complete(_ assembled: DeliveryAssembler.Assembled, on channel: Channel, _ number: UInt16) throws {
        switch assembled {
        case .delivery(let delivery):
            // While a channel closes, the broker takes back what it still delivers.
            guard channel.feed != nil, channel.machine.isOpen else { return }
            try noteTag(of: delivery, on: channel)
            if channel.arrived.isEmpty { touched.append(number) }
            channel.arrived.append(delivery)
        case .got(let delivery):
            try noteTag(of: delivery, on: channel)
            guard let waiter = channel.machine.gotMessage() else { return }
            callsInFlight -= 1
            waiter.resume(returning: .message(delivery))
        case .returned(let back, let messageID):
            guard publishChannel?.number == number else { return }
            if !publishQueue.markReturned(back, messageID: messageID) {
                logger.debug("A message came back that nobody waits for", metadata: .of([.exchange: back.exchange]))
            }
        }
    }

    private func noteTag(of delivery: Delivery, on channel: Channel) throws {
        do {
            try channel.settlement.add(delivery.deliveryTag)
        } catch {
            throw RabbitMQError.violation("a delivery whose tag is not above the one before it")
        }
    }

    private func channelClosed(_ number: UInt16, _ error: RabbitMQError, _ waiters: [Channel.Waiter]) {
        logger.info(
            "The broker closed a channel",
            metadata: .of([.channel: "\(number)", .code: error.code.description, .error: error.message]))
        if publishChannel?.number == number { publishChannelClosed(error) }
        removeChannel(number, error, failing: waiters)
    }

    private func finishChannel(_ number: UInt16) {
        removeChannel(number, .disconnected(), failing: [])
    }

    /// The broker ended the consumer, since its queue was deleted or lost its leader.
    private func consumerCancelled(_ number: UInt16) {
        guard let feed = channels[number]?.feed else { return }
        channels[number]?.feed = nil
        feed.lose(
            RabbitMQError(
                .notFound,
                "The broker cancelled the consumer: its queue was deleted, or its node went away. The client subscribes "
                    + "again as soon as the queue is there."))
    }
}

extension RabbitMQError {
    static func violation(_ what: String) -> RabbitMQError {
        RabbitMQError(.protocolViolation, "The broker broke the protocol: \(what). The connection is made anew.")
    }
}
