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

    /// Ends the deliveries of a subscription, and settles some of those that are out right behind it.
    ///
    /// In this order: else the broker would hand out the next ones, only to take them back and count that.
    func cancel(
        _ subscription: Subscription, settling settled: [(tag: UInt64, disposition: Disposition)]
    ) async throws {
        // Settlements that were posted before come first.
        takeMail()
        let id = subscription.channel
        guard isOpen(id) else { throw failure ?? .disconnected() }
        let actions = channels[id.number]?.settlement.settle(settled) ?? []
        _ = try await call(id, .cancelOk) { handle in
            try handle.cancel(id.number, tag: subscription.tag)
            for action in actions { try handle.settle(id.number, action) }
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

    /// Messages that were got on a channel of their own.
    struct Got: Sendable {
        let channel: ChannelID
        let deliveries: [Delivery]
    }

    /// How many messages are got on one channel.
    ///
    /// Each is a command of its own to settle, and a quorum queue is sent 32 at a time (`quorum_commands_soft_limit`).
    /// What the broker still keeps for later when the channel closes is not settled.
    private static let getsPerChannel = 32

    /// Gets up to `limit` messages that are ready; the channels are the caller's to close, in their order.
    func get(from queue: String, limit: Int) async throws -> [Got] {
        var got: [Got] = []
        var missing = limit
        do {
            while missing > 0 {
                let most = min(missing, Self.getsPerChannel)
                let part = try await getOnOneChannel(from: queue, limit: most)
                got.append(part)
                missing -= part.deliveries.count
                if part.deliveries.count < most { break }
            }
            return got
        } catch {
            for part in got { await closeChannel(part.channel) }
            throw error
        }
    }

    private func getOnOneChannel(from queue: String, limit: Int) async throws -> Got {
        let channel = try await openChannel()
        var deliveries: [Delivery] = []
        do {
            while deliveries.count < limit {
                let answer = try await call(channel, .get) { try $0.get(channel.number, queue: queue) }
                guard case .message(let delivery) = answer else { break }
                deliveries.append(delivery)
            }
            return Got(channel: channel, deliveries: deliveries)
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
