/// A walk along a queue, from its head: each message that is ready is seen once, in its order.
///
/// What is not acknowledged is held until the walk is over and then goes back as it lay; meanwhile nobody else sees it.
/// Of what is held only the broker has more than a number. See ``RabbitMQClient/walk(along:_:)``.
public final class QueueWalk {
    /// How long the queue is given to have back what the walk held.
    private static let returning = Duration.seconds(5)

    /// How long the broker is given to hand out what is ready, counted from what it handed out last.
    private static let patience = Duration.milliseconds(500)

    private struct Leg {
        let channel: ChannelID
        /// How many messages it has that are not settled.
        var held: Int
    }

    private let connection: Connection
    private let queue: String
    private var legs: [Leg] = []

    init(along queue: String, of connection: Connection) {
        self.queue = queue
        self.connection = connection
    }

    /// How many channels hold something; a connection has 2,047 as a rule.
    public var channels: Int { legs.count }

    /// Takes the next messages, in one batch, and settles them as the handler says; `.requeue` holds a message.
    ///
    /// A quorum queue is sent 32 settlements of a channel at a time, and the end of the channel overtakes what is left: see
    /// that no more than 30 runs of messages are acknowledged in one step. A run at the batch's begin counts as one.
    ///
    /// - Returns: how many there were; less than the limit where the queue has no more.
    public func step(limit: Int, _ handler: ([Delivery]) async throws -> [Disposition]) async throws -> Int {
        let limit = min(max(1, limit), Int(UInt16.max))
        var options = ConsumerOptions(prefetch: UInt16(limit), batching: .immediate(limit: limit))
        options.isolateRedelivered = false
        let subscription = try await connection.subscribe(to: queue, options: options)
        // From here on the walk's end closes the channel, whatever happens.
        legs.append(Leg(channel: subscription.channel, held: 0))
        let deliveries = try await take(limit, subscription)
        legs[legs.count - 1].held = deliveries.count
        guard !deliveries.isEmpty else {
            await close(legs.removeLast())
            return 0
        }
        let dispositions = try await handler(deliveries)
        try RabbitMQClient.check(dispositions, for: deliveries)
        let answers = zip(deliveries, dispositions).map { (tag: $0.deliveryTag, disposition: $1) }
        let settled = answers.filter { $0.disposition != .requeue }
        guard await connection.settle(settled, on: subscription.channel) else { throw RabbitMQError.settlementLost }
        legs[legs.count - 1].held = deliveries.count - settled.count
        if settled.count == deliveries.count { await close(legs.removeLast()) }
        return deliveries.count
    }

    /// Takes what is ready, and then ends the deliveries.
    private func take(_ limit: Int, _ subscription: Connection.Subscription) async throws -> [Delivery] {
        let feed = subscription.feed
        var deliveries: [Delivery] = []
        var isWaiting = true
        while isWaiting, deliveries.count < limit {
            switch await Self.next(of: feed) {
            case .batch(let batch): deliveries += batch
            case .finished: isWaiting = false
            case .lost(let error): throw error
            }
        }
        try await connection.cancel(subscription, settling: [])
        return deliveries + feed.rest()
    }

    /// The next batch; a feed to which nothing comes for a while is finished.
    private static func next(of feed: DeliveryFeed) async -> DeliveryFeed.Next {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                if (try? await Task.sleep(for: patience)) != nil { feed.finish() }
            }
            defer { group.cancelAll() }
            return await withTaskCancellationHandler {
                await feed.next()
            } onCancel: {
                feed.finish()
            }
        }
    }

    /// Gives back what is held, in its order, and waits until the queue has it.
    func end() async {
        var ready = (try? await connection.inspect(queue: queue))?.messages ?? 0
        for leg in legs {
            await close(leg)
            guard leg.held > 0 else { continue }
            ready += leg.held
            await untilReady(ready)
        }
        legs = []
    }

    /// Waits until so many messages are ready.
    ///
    /// The broker answers before the queue has heard of a channel's end: the next one's could overtake it, and whoever looks
    /// next would see nothing. Somebody else may take some meanwhile, so that it is not waited for for ever.
    private func untilReady(_ count: Int) async {
        let end = ContinuousClock.now + Self.returning
        while ContinuousClock.now < end {
            guard let status = try? await connection.inspect(queue: queue), status.messages < count else { return }
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return }
        }
    }

    /// Left to the channel's end: so it goes back to its place, where a quorum queue puts what is rejected behind all else.
    private func close(_ leg: Leg) async {
        await connection.closeChannel(leg.channel)
    }
}

extension RabbitMQClient {
    /// Walks along a queue from its head, and gives back what was not acknowledged, as it lay.
    ///
    /// - Throws: what the closure throws, or ``RabbitMQError``; where the connection is lost the broker has everything
    ///   back that was not acknowledged.
    public func walk<Result>(
        along queue: String, _ body: (QueueWalk) async throws -> Result
    ) async throws -> Result {
        _ = try ShortString.checked(queue, as: "queue name")
        try await ready()
        let walk = QueueWalk(along: queue, of: consuming)
        do {
            let result = try await body(walk)
            await walk.end()
            return result
        } catch {
            await walk.end()
            throw error
        }
    }
}
