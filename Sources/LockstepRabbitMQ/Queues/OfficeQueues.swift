public import Lockstep
public import Logging
public import RabbitMQ

/// Makes, rebinds and deletes the queues of an office while events are published.
public struct OfficeQueues: Sendable {
    let client: RabbitMQClient
    let api: ManagementAPI
    private let logger: Logger

    /// - Parameter client: One that runs, with an account that may declare and delete.
    public init(_ client: RabbitMQClient, management api: ManagementAPI, logger: Logger) {
        self.client = client
        self.api = api
        self.logger = logger
    }

    /// Declares the queues and binds the patterns of a subscription that the hub's store has: what is published once this
    /// has returned reaches the office.
    public func bind(_ subscription: Subscription) async throws(LockstepError) {
        let office = subscription.office
        try await translated {
            // First: no worker that goes by a file of its own is to bind others meanwhile.
            try await client.declare(Topology(queues: [OfficeTopology.subscribed(office)]))
            try await client.declare(OfficeTopology.complete(for: [subscription]), of: [office])
        }
    }

    /// Binds the patterns of a subscription whose queues are there already.
    ///
    /// - Returns: Whether a queue has other arguments than the subscription asks for: those only a ``QueueMigration`` changes.
    public func rebind(_ subscription: Subscription) async throws(LockstepError) -> Bool {
        do throws(LockstepError) {
            try await bind(subscription)
            return false
        } catch {
            guard error.code == .topologyMismatch else { throw error }
            let topology = OfficeTopology.office(subscription)
            try await translated { try await client.declare(Topology(bindings: topology.bindings)) }
            return true
        }
    }

    /// Takes away the patterns by which events still come and that the subscription does not have.
    ///
    /// To be called after ``bind(_:)``, so that there is no moment at which an event that both want is missed.
    public func unbindOthers(than subscription: Subscription) async throws(LockstepError) {
        let queue = BrokerName.queue(of: subscription.office)
        let wanted = Set(subscription.events.map(\.text))
        for binding in try await bindings(of: queue)
        where binding.source == BrokerName.events && !wanted.contains(binding.routingKey) {
            try await translated { try await client.unbind(binding) }
        }
    }

    /// Whether the office has a queue in the broker.
    public func exists(_ office: OfficeName) async throws(LockstepError) -> Bool {
        try await translated { try await client.inspect(queue: BrokerName.queue(of: office)) } != nil
    }

    /// Looks whether an office's queue can be deleted; nothing is changed.
    ///
    /// - Parameters:
    ///   - moves: Whether what is queued is to become dead letters; else it is in the way.
    ///   - waiting: How many of its deliveries wait to be tried again, as far as the caller knows; asked where any do. The
    ///     broker cannot say: all offices' deliveries wait in the same queues.
    /// - Throws: `refused` where something is queued or waits and `moves` is false, or where somebody consumes.
    public func checkDeletion(
        of office: OfficeName, moves: Bool, waiting: @Sendable () async -> Int = { 0 }
    ) async throws(LockstepError) {
        let still = stillness(of: BrokerName.queue(of: office))
        try await translated {
            // Said at once where it is known at once.
            if !moves, let status = try await client.inspect(queue: still.queue), status.messages > 0 {
                throw Self.queued(office)
            }
            try await withoutConsumers(of: office)
            guard !moves else { return }
            guard try await still.isEmpty(consumersGoneSince: .now) else { throw Self.queued(office) }
            guard try await self.waiting() > 0 else { return }
            let count = await waiting()
            guard count == 0 else { throw Self.waiting(office, count) }
        }
    }

    /// Deletes the queues of an office that nobody works for any more.
    ///
    /// First nothing can come any more, then what is there becomes dead letters, then the queue goes: also what came since
    /// ``checkDeletion(of:moves:waiting:)`` is kept. Deliveries that wait to be tried again become dead letters when they
    /// come back. The dead-letter queue stays as long as it holds any, or may get some. Where it was interrupted, it is to
    /// be called again.
    ///
    /// - Throws: `refused` where somebody consumes.
    public func delete(_ office: OfficeName, at now: Timestamp) async throws(LockstepError) -> OfficeDeletion {
        let still = stillness(of: BrokerName.queue(of: office))
        return try await translated {
            try await withoutConsumers(of: office)
            var end = ContinuousClock.now
            // First, so that nothing comes back to nobody. What does so before the next step is in both queues: it is
            // taken out of one of them below.
            try await client.declare(OfficeTopology.remains(of: office))
            CrashPoint.lateWayBound.pass()
            for binding in try await bindings(of: still.queue) { try await client.unbind(binding) }
            CrashPoint.waysUnbound.pass()
            var moved = 0
            while true {
                moved += try await drain(office, at: now).run()
                guard try await still.isEmpty(consumersGoneSince: end) else { continue }
                // Whoever was about to begin when the office was paused has had the time to notice: that took longer than
                // a look into the store.
                if try await client.inspect(queue: still.queue)?.consumers ?? 0 == 0 { break }
                try await withoutConsumers(of: office)
                end = .now
            }
            try await DeadLetters(of: office, client: client).dropTwins()
            CrashPoint.queueEmptied.pass()
            try await client.delete(queue: still.queue)
            CrashPoint.queueDeleted.pass()
            try await client.delete(queue: BrokerName.control(of: office))
            CrashPoint.controlDeleted.pass()
            try await client.delete(queue: BrokerName.paused(office))
            try await client.delete(queue: BrokerName.subscribed(office))
            try await client.unbind(OfficeTopology.reports(of: office))
            let waiting = try await self.waiting()
            if waiting == 0 {
                try await client.unbind(OfficeTopology.lateDeaths(of: office))
                let letters = stillness(of: BrokerName.deadLetters(of: office))
                if moved == 0, try await letters.isEmpty(consumersGoneSince: end) {
                    try await client.delete(queue: letters.queue)
                }
            }
            return OfficeDeletion(moved: moved, waiting: waiting)
        }
    }

    /// How many deliveries of all offices wait to be tried again.
    ///
    /// The broker's own count leaves out those that are on their way back, the management's is some seconds old: what an
    /// office has put there that nobody has worked for since is in one of the two.
    func waiting() async throws -> Int {
        var ready = 0
        for delay in RetryDelay.allCases {
            ready += try await client.inspect(queue: BrokerName.wait(delay))?.messages ?? 0
        }
        let names = Set(RetryDelay.allCases.map(BrokerName.wait))
        return max(ready, try await api.queues().filter { names.contains($0.name) }.compactMap(\.total).reduce(0, +))
    }

    private func withoutConsumers(of office: OfficeName) async throws {
        for queue in [BrokerName.queue(of: office), BrokerName.control(of: office)] {
            try await stillness(of: queue).withoutConsumers()
        }
    }

    func stillness(of queue: String) -> QueueStillness {
        QueueStillness(queue: queue, client: client, api: api)
    }

    private func drain(_ office: OfficeName, at now: Timestamp) -> QueueDrain {
        let ladder = RetryLadder(office: office)
        let failure = Failure(.deleted, "the subscription was deleted before the office was told")
        return QueueDrain(queue: BrokerName.queue(of: office), client: client, logger: logger) { [client] delivery in
            let letter = ladder.dead(
                delivery.message, attempt: DeliveryHeaders.attempt(of: delivery.message), failure: failure, at: now)
            // The broker keeps the whole of it where this client cannot.
            guard !delivery.bodyWasTooLarge, !delivery.headersWereTruncated, client.accepts(letter) else {
                return .reject
            }
            return .publish(letter)
        }
    }

    /// All bindings of a queue but the one that every queue has by its name.
    func bindings(of queue: String) async throws(LockstepError) -> [Binding] {
        try await api.bindings().filter {
            $0.destinationType == "queue" && $0.destination == queue && !$0.source.isEmpty
        }
        .map { Binding(source: $0.source, destination: .queue(queue), routingKey: $0.routingKey) }
    }

    private static func queued(_ office: OfficeName) -> LockstepError {
        LockstepError(
            .refused,
            "Deliveries of '\(office)' are queued that it was not told of. Let it work them off first, or say that they "
                + "become dead letters (--move-to-dead-letters).")
    }

    private static func waiting(_ office: OfficeName, _ count: Int) -> LockstepError {
        LockstepError(
            .refused,
            "Deliveries of '\(office)' wait to be tried again, \(count) as the ledger knows. Let it work them off first, or "
                + "say that they become dead letters (--move-to-dead-letters).")
    }

    func translated<Result>(_ body: () async throws -> Result) async throws(LockstepError) -> Result {
        do {
            return try await body()
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }
}

/// What became of the deliveries of an office that was deleted.
public struct OfficeDeletion: Sendable, Hashable {
    /// How many were queued, and are dead letters now.
    public var moved = 0
    /// How many deliveries of all offices wait to be tried again.
    ///
    /// Which of them are this one's nobody knows: those become dead letters when they come back.
    public var waiting = 0

    /// Nothing was there.
    public init() {}

    init(moved: Int, waiting: Int) {
        (self.moved, self.waiting) = (moved, waiting)
    }
}

extension Failure.Class {
    /// The office's subscription was deleted.
    static let deleted = Failure.Class(named: "deleted")
}
