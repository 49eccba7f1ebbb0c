import Logging

extension Connection {
    /// Takes in a call of `publish`.
    func accept(
        _ publications: [Publication], batch: Int, _ continuation: CheckedContinuation<[PublishOutcome], any Error>
    ) {
        batches[batch] = PublishBatch(count: publications.count, continuation: continuation)
        for (index, publication) in publications.enumerated() {
            publishQueue.append(
                PublishQueue.Entry(
                    publication: publication, size: publication.estimatedSize, batch: batch, index: index))
        }
    }

    /// Publishes what the window admits.
    func publishWaiting() {
        guard let channel = publishChannel, blockedReason == nil, publishQueue.canSend, failure == nil else { return }
        guard mayPublish(on: channel) else { return }
        let now = ContinuousClock.now
        while failure == nil, let entry = publishQueue.nextWaiting {
            do {
                try handle?.writer.publish(entry.publication, on: channel.number)
                publishQueue.sentFirst(at: now)
            } catch {
                publishQueue.dropFirst()
                failBatch(entry.batch, error)
            }
        }
    }

    /// Gives the connection up where a confirm is overdue; returns when the next one will be.
    ///
    /// What was not confirmed is published again on the next connection: whether it arrived is unknown.
    func checkConfirms(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard blockedReason == nil, let oldest = publishQueue.oldestUnconfirmed else { return nil }
        // A broker that has held everything back is given the whole time anew.
        let due = max(oldest, unblocked) + configuration.confirmTimeout
        if now >= due { fail(.unconfirmed(for: configuration.confirmTimeout)) }
        return due
    }

    /// When what is held back is to be looked at again; `nil` where nothing is.
    ///
    /// What ends the wait otherwise is a confirm, and none may come.
    var renewalDeadline: ContinuousClock.Instant? {
        guard publishChannel != nil, blockedReason == nil, publishQueue.canSend, case .no = closing else { return nil }
        return renewal.holdsUntil
    }

    /// Whether the channel is to be used; where it is to be replaced, that begins here.
    private func mayPublish(on channel: ChannelID) -> Bool {
        // No channel is opened any more while the connection ends.
        guard case .no = closing else { return true }
        switch renewal.next(at: .now, unconfirmed: publishQueue.unconfirmed) {
        case .publish:
            return true
        case .hold:
            return false
        case .renew:
            logger.debug(
                "The broker refuses; publishing on a new channel", metadata: .of([.channel: "\(channel.number)"]))
            publishChannel = nil
            // Nothing is unconfirmed: only the numbers of the confirms start again.
            _ = publishQueue.channelFailed()
            retireChannel(channel.number, .disconnected())
            return false
        }
    }

    /// Opens the channel that publishes, and opens it again whenever the broker closes it.
    func keepPublishChannel() async throws {
        while failure == nil, handle != nil {
            let id = try await openChannel()
            _ = try await call(id, .confirmSelectOk) { try $0.selectConfirms(id.number) }
            publishChannel = id
            renewal.opened(at: .now)
            becomeReady()
            _ = await withCheckedContinuation { (waiter: CheckedContinuation<RabbitMQError, Never>) in
                guard isOpen(id) else { return waiter.resume(returning: .disconnected()) }
                channels[id.number]?.endWaiter = waiter
            }
        }
    }

    /// Takes in the broker's word about what was published.
    func confirm(_ tag: UInt64, multiple: Bool, isAck: Bool, on number: UInt16) throws {
        guard publishChannel?.number == number else { return }
        var settled: [(PublishQueue.Entry, PublishOutcome)] = []
        do {
            try publishQueue.confirm(tag, multiple: multiple, isAck: isAck) { settled.append(($0, $1)) }
        } catch {
            throw RabbitMQError(
                .protocolViolation,
                "The broker confirmed a message that was never published. The connection is made anew.")
        }
        for (entry, outcome) in settled {
            if outcome == .refused { renewal.refused(at: .now) }
            guard batches[entry.batch]?.note(outcome, at: entry.index) == true else { continue }
            guard let batch = batches.removeValue(forKey: entry.batch) else { continue }
            batch.continuation.resume(returning: batch.outcomes)
        }
    }

    /// The broker closed the channel because of a message, such as one to an exchange that is not there.
    func publishChannelClosed(_ error: RabbitMQError) {
        publishChannel = nil
        guard let culprit = publishQueue.channelFailed() else { return }
        failBatch(culprit.batch, error)
    }

    /// The caller no longer waits; what was not sent stays unsent.
    func abandon(_ batch: Int) {
        failBatch(batch, CancellationError())
    }

    private func failBatch(_ batch: Int, _ error: any Error) {
        publishQueue.abandon(batch: batch)
        batches.removeValue(forKey: batch)?.continuation.resume(throwing: error)
    }
}

extension RabbitMQError {
    fileprivate static func unconfirmed(for time: Duration) -> RabbitMQError {
        RabbitMQError(
            .timeout,
            "The broker has neither confirmed nor refused a message within \(time), although it shows "
                + "that it lives: a queue may be without a majority of its nodes. The client makes a new connection and "
                + "publishes again what was not confirmed.")
    }
}
