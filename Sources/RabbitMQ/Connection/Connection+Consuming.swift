import CRabbitMQ

extension Connection {
    /// A consumer that the broker knows.
    struct Subscription: Sendable {
        let channel: ChannelID
        let tag: String
        let feed: DeliveryFeed
    }

    /// Subscribes a consumer, on a channel of its own.
    func subscribe(to queue: String, options: ConsumerOptions) async throws -> Subscription {
        let feed = DeliveryFeed(options: options, thread: thread)
        let channel = try await openChannel(feed: feed)
        do {
            var arguments = options.arguments
            if let priority = options.priority { arguments["x-priority"] = .int(Int64(priority)) }
            _ = try await call(channel, .qosOk) { try $0.limitPrefetch(channel.number, to: options.effectivePrefetch) }
            let answer = try await call(channel, .consumeOk) { handle in
                try handle.consume(
                    channel.number, queue: queue, tag: options.tag, exclusive: options.exclusive, arguments: arguments)
            }
            guard case .method(.basicConsumeOk(let tag)) = answer else {
                preconditionFailure("A channel resumes a call only with the answer it waits for.")
            }
            return Subscription(channel: channel, tag: tag, feed: feed)
        } catch {
            await closeChannel(channel)
            throw error
        }
    }

    /// Ends the deliveries of a subscription; what is out can still be settled.
    func cancel(_ subscription: Subscription) async throws {
        _ = try await call(subscription.channel, .cancelOk) {
            try $0.cancel(subscription.channel.number, tag: subscription.tag)
        }
    }

    /// Settles deliveries, in the order of their tags; those of a channel that is gone the broker has back already.
    ///
    /// - Returns: whether the channel was still there.
    @discardableResult
    func settle(_ settled: [(tag: UInt64, disposition: Disposition)], on id: ChannelID) -> Bool {
        guard isOpen(id) else { return false }
        let actions = channels[id.number]?.settlement.settle(settled) ?? []
        for action in actions {
            // A connection that breaks here is noticed by the pump; the broker delivers again.
            try? transmit { try $0.settle(id.number, action) }
        }
        return failure == nil
    }

    /// Gets up to `limit` messages that are ready, on a channel of its own.
    func get(from queue: String, limit: Int) async throws -> (channel: ChannelID, deliveries: [Delivery]) {
        let channel = try await openChannel()
        var deliveries: [Delivery] = []
        do {
            while deliveries.count < limit {
                let answer = try await call(channel, .get) { try $0.get(channel.number, queue: queue) }
                guard case .message(let delivery) = answer else { break }
                deliveries.append(delivery)
            }
            return (channel, deliveries)
        } catch {
            await closeChannel(channel)
            throw error
        }
    }
}

extension ConsumerOptions {
    /// A batch that is collected must fit into the prefetch, or it is never full.
    fileprivate var effectivePrefetch: UInt16 {
        guard prefetch > 0, batching.window != nil else { return prefetch }
        return max(prefetch, UInt16(clamping: batching.limit))
    }
}
