import EventThread

extension Connection {
    /// Opens a channel; it is the caller's to close.
    func openChannel(feed: DeliveryFeed? = nil) async throws -> ChannelID {
        guard let most = handle?.limits.channels else { throw RabbitMQError.disconnected() }
        guard case .no = closing else { throw RabbitMQError.shutDown() }
        guard let number = (1...max(1, most)).first(where: { channels[$0] == nil }) else {
            throw RabbitMQError(
                .channelClosed,
                "All \(most) channels of the connection are in use. Raise channel_max at the broker, or consume less "
                    + "queues per process.")
        }
        nextGeneration += 1
        highestChannel = max(highestChannel, number)
        let id = ChannelID(number: number, generation: nextGeneration)
        channels[number] = Channel(
            generation: nextGeneration, assembler: DeliveryAssembler(maximumBodySize: configuration.maximumBodySize),
            feed: feed)
        _ = try await call(id, .openOk) { try $0.openChannel(number) }
        return id
    }

    /// Closes a channel and waits for the broker's word; what is not settled goes back to its queue.
    func closeChannel(_ id: ChannelID) async {
        // Settlements that were posted before come first.
        takeMail()
        guard isOpen(id) else { return }
        // Whatever goes wrong here, the channel is gone afterwards.
        _ = try? await call(id, .closeOk) { try $0.closeChannel(id.number) }
    }

    /// Sends a method and waits for its answer.
    ///
    /// - Throws: ``RabbitMQError``: what the broker said, a time-out, or that the connection is lost.
    func call(
        _ id: ChannelID, _ reply: ChannelStateMachine<Channel.Waiter>.Reply,
        _ send: (inout ConnectionHandle) throws -> Void
    ) async throws -> Channel.Answer {
        guard isOpen(id) else { throw RabbitMQError.disconnected() }
        try transmit(send)
        let deadline = ContinuousClock.now + configuration.rpcTimeout
        return try await withCheckedThrowingContinuation { waiter in
            // The pump sends what was written, and must learn of the deadline.
            thread.interrupt()
            guard isOpen(id) else { return waiter.resume(throwing: failure ?? .disconnected()) }
            callsInFlight += 1
            channels[id.number]?.machine.call(reply, waiter, deadline: deadline)
        }
    }

    /// Writes what is to be sent; the pump sends it at the end of its turn.
    ///
    /// - Throws: ``RabbitMQError`` where an argument cannot be written; then nothing is.
    func transmit(_ write: (inout ConnectionHandle) throws -> Void) throws {
        guard failure == nil, handle != nil else { throw failure ?? RabbitMQError.disconnected() }
        try handle.mutate(write)
    }

    func isOpen(_ id: ChannelID) -> Bool {
        channels[id.number]?.isOpen(as: id) == true
    }

    /// Removes a channel whose end is known, and tells whoever is concerned.
    func removeChannel(_ number: UInt16, _ error: RabbitMQError, failing waiters: [Channel.Waiter]) {
        let channel = channels.removeValue(forKey: number)
        callsInFlight -= waiters.count
        for waiter in waiters { waiter.resume(throwing: error) }
        channel?.feed?.lose(error)
        channel?.endWaiter?.resume(returning: error)
    }

    /// A call on this channel had no answer in time: the channel is given up, the connection lives on.
    func expireCalls(on number: UInt16) {
        let error = RabbitMQError(
            .timeout,
            "The broker did not answer a command within \(configuration.rpcTimeout). It may be overloaded or without a "
                + "majority of its nodes. Whether the command took effect is unknown.")
        retireChannel(number, error)
    }

    /// Closes a channel without waiting for the broker's word, and tells whoever is concerned.
    func retireChannel(_ number: UInt16, _ error: RabbitMQError) {
        guard let channel = channels[number] else { return }
        let waiters = channel.machine.expire()
        callsInFlight -= waiters.count
        for waiter in waiters { waiter.resume(throwing: error) }
        channel.feed?.lose(error)
        channel.feed = nil
        channel.endWaiter.take()?.resume(returning: error)
        // Its number is free again once the broker has answered this.
        try? transmit { try $0.closeChannel(number) }
    }
}

extension Optional where Wrapped: ~Copyable {
    /// Changes the value where there is one.
    fileprivate mutating func mutate(_ change: (inout Wrapped) throws -> Void) rethrows {
        guard var value = take() else { return }
        do {
            try change(&value)
        } catch {
            self = consume value
            throw error
        }
        self = consume value
    }
}
