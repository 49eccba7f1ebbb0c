/// The work on one subscription's batches, until it is to end or its channel is lost.
struct Consumption<Prepared: Sendable, Handled: Sendable>: Sendable {
    /// Why it is over.
    enum End: Sendable {
        /// The consumer was asked to end.
        case finished
        /// It began carefully, and there is no reason to be.
        case nothingSuspicious
        /// It began carefully, and need not be quite as careful.
        case harmless
        /// Its channel is gone; whether a batch was handled before that.
        case lost(RabbitMQError, hasHandled: Bool)
    }

    private enum Next: Sendable {
        case batch([Delivery], Prepared)
        case finished
        case lost(RabbitMQError)
    }

    let connection: Connection
    let subscription: Connection.Subscription
    let stages: BatchStages<Prepared, Handled>
    /// Whether stages of neighbouring batches overlap.
    let overlaps: Bool
    /// How batches are taken with care, since one of them may be why there was a loss; nil: they are not.
    let probe: ConsumerProbe?
    /// How many deliveries make a full batch.
    let limit: Int

    private var feed: DeliveryFeed { subscription.feed }

    /// Works until the end; the channel is closed then.
    ///
    /// - Throws: ``HandlerFailure``.
    func run() async throws -> End {
        let end: End
        do {
            end = try await withThrowingTaskGroup(of: Void.self) { settling in
                try await work(&settling)
            }
        } catch {
            // Gives back what is not settled.
            await connection.closeChannel(subscription.channel)
            throw HandlerFailure(underlying: error)
        }
        await connection.closeChannel(subscription.channel)
        return end
    }

    /// - Parameter settling: The batch before the one in hand, on its way to the broker.
    private func work(_ settling: inout ThrowingTaskGroup<Void, any Error>) async throws -> End {
        var next = prepared(await feed.next())
        var hasHandled = false
        while true {
            switch next {
            case .batch(let deliveries, let prepared):
                // Where batches are small, the time is spent waiting and not preparing.
                let looksAhead = overlaps && deliveries.count >= limit
                if looksAhead { feed.setBusy(true) }
                async let upcoming = looksAhead ? self.prepared(feed.next()) : nil
                let end: End?
                do {
                    let handled = try await stages.handle(prepared)
                    // What is handled after the end of the channel says nothing about it.
                    hasHandled = hasHandled || feed.end == nil
                    try await settling.next()
                    end = try await settle(deliveries, handled, &settling)
                } catch {
                    // Nobody waits for the next batch any more.
                    feed.finish()
                    throw error
                }
                if let end { return end }
                if looksAhead { feed.setBusy(false) }
                if let ahead = await upcoming { next = ahead } else { next = self.prepared(await feed.next()) }
                // What was taken ahead of the end is left to the broker, as is all that comes after it.
                if let end = feed.end { next = self.prepared(end) }
            case .finished:
                try await settling.next()
                _ = await cancel(settling: [], as: [])
                return .finished
            case .lost(let error):
                try await settling.next()
                return .lost(error, hasHandled: hasHandled)
            }
        }
    }

    /// Settles a batch, beside the next one where that may be; returns why it was the last one, if so.
    private func settle(
        _ deliveries: [Delivery], _ handled: Handled, _ settling: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> End? {
        let isLast = feed.isFinished
        guard !overlaps || isLast else {
            settling.addTask {
                do {
                    settle(deliveries, as: try await answers(to: deliveries, handled))
                } catch {
                    // Else it would be noticed with the next batch, and there may be none.
                    feed.finish()
                    throw error
                }
            }
            return nil
        }
        let dispositions = try await answers(to: deliveries, handled)
        let verdict = probe?.verdict(on: deliveries) ?? .goesOn
        guard verdict != .goesOn || isLast else {
            settle(deliveries, as: dispositions)
            return nil
        }
        guard await cancel(settling: deliveries, as: dispositions) else { return nil }
        if isLast { return .finished }
        if verdict == .widens { return .harmless }
        try await handleRest()
        return .nothingSuspicious
    }

    /// Handles what had been handed out beside the batch that ended the care: if it came back, it would be counted.
    private func handleRest() async throws {
        let rest = feed.rest()
        guard !rest.isEmpty, !rest.contains(where: \.redelivered) else { return }
        let dispositions = try await answers(to: rest, try await stages.handle(stages.prepare(rest)))
        let settled = Self.settled(rest, as: dispositions).filter { $0.disposition != .requeue }
        await connection.settle(settled, on: subscription.channel)
    }

    private func answers(to deliveries: [Delivery], _ handled: Handled) async throws -> [Disposition] {
        let dispositions = try await stages.settle(handled)
        try RabbitMQClient.check(dispositions, for: deliveries)
        return dispositions
    }

    private func prepared(_ next: DeliveryFeed.Next) -> Next {
        switch next {
        case .batch(let deliveries): .batch(deliveries, stages.prepare(deliveries))
        case .finished: .finished
        case .lost(let error): .lost(error)
        }
    }

    /// Ends the deliveries of a subscription and settles these; returns whether the broker said so.
    ///
    /// What is to go back is left to the channel's end, which comes right after: so it goes back to its place, where a
    /// quorum queue puts what is rejected behind all else.
    private func cancel(settling deliveries: [Delivery], as dispositions: [Disposition]) async -> Bool {
        do {
            let settled = Self.settled(deliveries, as: dispositions).filter { $0.disposition != .requeue }
            try await connection.cancel(subscription, settling: settled)
            return true
        } catch {
            // The channel is lost, which its feed tells.
            return false
        }
    }

    private func settle(_ deliveries: [Delivery], as dispositions: [Disposition]) {
        // Where nobody takes it, the connection has ended and the broker has the deliveries back.
        _ = connection.mailbox.post(.settle(subscription.channel, Self.settled(deliveries, as: dispositions)))
    }

    private static func settled(
        _ deliveries: [Delivery], as dispositions: [Disposition]
    ) -> [(tag: UInt64, disposition: Disposition)] {
        zip(deliveries, dispositions).map { (tag: $0.deliveryTag, disposition: $1) }
    }
}

/// What a stage threw: to be rethrown, and never taken for a lost subscription.
struct HandlerFailure: Error {
    let underlying: any Error
}
