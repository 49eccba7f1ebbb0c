public import Lockstep
public import RabbitMQ
import Synchronization

/// Sends past events to one office again, from the archive.
public struct PastEvents: Sendable {
    /// How far it has come.
    public struct Progress: Sendable, Hashable {
        /// How many entries of the archive were looked at.
        public var looked = 0
        /// How many there are, as far as is known: those before the first one that was looked at are none of them.
        public var total = 0
        /// How many events were sent, or would have been.
        public var sent = 0
        /// How many entries are no events.
        public var unreadable = 0

        /// Nothing yet.
        public init() {}
    }

    private let client: RabbitMQClient

    /// The past events of a broker.
    public init(client: RabbitMQClient) {
        self.client = client
    }

    /// Sends those that are meant and that the office subscribes to, the oldest first.
    ///
    /// Each is in the office's queue, confirmed, before the next ones are; sent twice, it changes nothing.
    /// - Parameters:
    ///   - rate: How many a second at most; nil: as many as the broker takes.
    ///   - dryRun: Whether they are only counted.
    ///   - progress: Told how far it has come.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no archive; `brokerUnavailable` where the office's
    ///   queue does not take an event: those before it are sent.
    public func replay(
        _ selection: PastEventSelection, to office: Subscription, rate: Int? = nil, dryRun: Bool = false,
        progress: @escaping @Sendable (Progress) -> Void
    ) async throws {
        let sender = PastEventSender(
            client: client, office: office, selection: selection, dryRun: dryRun, pacer: RatePacer(perSecond: rate))
        do {
            try await ArchiveReader(client: client).read(since: selection.since) { entries, last in
                try await sender.take(entries, last: last, progress)
            }
        } catch let error as RabbitMQError {
            throw RabbitMQTransport.error(error)
        }
    }
}

/// Sends what it is given, and counts.
private actor PastEventSender {
    private let client: RabbitMQClient
    private let office: Subscription
    private let selection: PastEventSelection
    private let dryRun: Bool
    private var pacer: RatePacer
    private var done = PastEvents.Progress()
    private var first: Int64?

    init(
        client: RabbitMQClient, office: Subscription, selection: PastEventSelection, dryRun: Bool, pacer: RatePacer
    ) {
        self.client = client
        self.office = office
        self.selection = selection
        self.dryRun = dryRun
        self.pacer = pacer
    }

    func take(
        _ entries: [ArchiveReader.Entry], last: Int64, _ progress: @Sendable (PastEvents.Progress) -> Void
    ) async throws {
        if first == nil { first = entries.first?.offset }
        done.total = Int(clamping: last - (first ?? last) + 1)
        var rest = entries[...]
        while !rest.isEmpty {
            let slice = rest.prefix(pacer.slice ?? rest.count)
            rest = rest.dropFirst(slice.count)
            let chosen = slice.filter { isChosen($0.delivery) }
            if !dryRun { try await send(chosen.map(\.delivery)) }
            done.looked += slice.count
            done.sent += chosen.count
            progress(done)
            if !dryRun, let next = pacer.next(after: chosen.count) {
                try await Task.sleep(until: next, clock: .continuous)
            }
        }
    }

    private func isChosen(_ delivery: Delivery) -> Bool {
        guard let event = try? EventHeaders.event(from: delivery) else {
            done.unreadable += 1
            return false
        }
        let key = event.routingKey
        return office.events.contains { $0.matches(key) } && selection.contains(event)
    }

    private func send(_ deliveries: [Delivery]) async throws {
        guard !deliveries.isEmpty else { return }
        let (queue, now) = (BrokerName.queue(of: office.office), WallClock.system.now)
        let outcomes = try await client.publish(
            deliveries.map {
                Publication(DeliveryHeaders.sendingAgain($0.message, at: now), to: "", routingKey: queue)
            })
        CrashPoint.sentAgain.pass()
        let untaken = outcomes.count { $0 != .confirmed }
        guard untaken == 0 else {
            throw LockstepError(
                .brokerUnavailable,
                "The broker did not take \(untaken) events into the queue of '\(office.office)': it is missing or full. "
                    + "Run 'lockstep topology check', and the same command again; what was sent before changes nothing."
            )
        }
    }
}
