import Lockstep
import LockstepRabbitMQ
import RabbitMQ
import Synchronization

/// What is measured of an outbox's relay, whichever database the outbox is in.
struct RelayMeasurement {
    private let options: WorkOptions
    private let name: String

    init(_ options: WorkOptions, named name: String) {
        self.options = options
        self.name = name
    }

    /// The same client publishes events, relays as many, and publishes them again; each time into an empty queue.
    ///
    /// A broker is slower the more it has taken: what is measured later would seem to be slow for that alone.
    func run(_ outbox: any OutboxStore) async throws {
        let (count, name) = (options.count, name)
        try await withClient(options) { client in
            let transport = RabbitMQTransport(client, logger: .benchmark, retriesRefused: false)
            let events = try (0..<count).map { try OfficeEvents.event($0, id: "event-\($0)") }
            let queue = BrokerName.queue(of: try OfficeName(OfficeEvents.office))

            let before = try await plain(events, over: transport)
            try await client.purge(queue: queue)
            let counting = CountingOutbox(outbox)
            let relay = OutboxRelay(counting, transport: transport, logger: .benchmark)
            let measurement = Measurement()
            let took = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                try await counting.hasSent(count)
                defer { group.cancelAll() }
                return measurement.elapsed
            }
            try await client.purge(queue: queue)
            let after = try await plain(events, over: transport)
            measurement.report(
                name, count: count, took: took,
                [
                    ("plain_seconds", (before.seconds + after.seconds) / 2),
                    ("plain_cpu", (before.cpu + after.cpu) / 2),
                ])
        }
    }

    /// Publishes without an outbox, two calls under way.
    private func plain(
        _ events: [Event], over transport: RabbitMQTransport
    ) async throws -> (seconds: Double, cpu: Double) {
        let measurement = Measurement()
        try await withThrowingTaskGroup(of: Bool.self) { calls in
            for start in stride(from: 0, to: events.count, by: 2_000) {
                if start >= 4_000 { _ = try await calls.next() }
                let batch = Array(events[start..<min(start + 2_000, events.count)])
                calls.addTask { try await transport.publish(batch).allSatisfy { $0 == .confirmed } }
            }
            for try await isConfirmed in calls where !isConfirmed {
                throw Spoiled(description: "not all was confirmed")
            }
        }
        return measurement.elapsed
    }

    /// One event at a time in an outbox that is idle: how long from its commit until its confirm.
    ///
    /// - Parameter write: Commits one event.
    func runSingly(_ outbox: any OutboxStore, write: @Sendable (Int) async throws -> Void) async throws {
        let (count, name) = (options.count, name)
        try await withClient(options) { client in
            let transport = StampingTransport(RabbitMQTransport(client, logger: .benchmark, retriesRefused: false))
            let relay = OutboxRelay(outbox, transport: transport, logger: .benchmark)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                try await Task.sleep(for: .milliseconds(500))
                let measurement = Measurement()
                var latencies: [Duration] = []
                for number in 0..<count {
                    try await write(number)
                    let committed = ContinuousClock.now
                    latencies.append(max(.zero, try await transport.confirmation(number + 1) - committed))
                    // Idle again: what the confirm leads to is done.
                    try await Task.sleep(for: .milliseconds(10))
                }
                measurement.report(name, latencies: latencies)
                group.cancelAll()
            }
        }
    }
}

/// Notes when each event was confirmed.
private final class StampingTransport: EventTransport {
    private let transport: RabbitMQTransport
    private let stamps: AsyncStream<ContinuousClock.Instant>
    private let stamp: AsyncStream<ContinuousClock.Instant>.Continuation
    private let confirmed = Mutex<[ContinuousClock.Instant]>([])

    init(_ transport: RabbitMQTransport) {
        self.transport = transport
        (stamps, stamp) = AsyncStream.makeStream()
    }

    func publish(_ events: [Event]) async throws(LockstepError) -> [Lockstep.PublishOutcome] {
        let outcomes = try await transport.publish(events)
        let now = ContinuousClock.now
        confirmed.withLock { $0 += events.map { _ in now } }
        stamp.yield(now)
        return outcomes
    }

    /// When the n-th event was confirmed.
    func confirmation(_ number: Int) async throws -> ContinuousClock.Instant {
        for await _ in stamps {
            if let instant = confirmed.withLock({ $0.count >= number ? $0[number - 1] : nil }) { return instant }
        }
        throw Spoiled(description: "the relay has ended")
    }

    func deliver(
        to office: OfficeName, mode: Lockstep.DeliveryMode,
        handler: @escaping @Sendable ([EventDelivery]) async throws -> [DeliveryAnswer]
    ) async throws {
        try await transport.deliver(to: office, mode: mode, handler: handler)
    }
}
