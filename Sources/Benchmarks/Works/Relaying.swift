import ArgumentParser
import GRDB
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ
import Synchronization

/// What the outbox's works are told, beside the rest.
struct OutboxOptions: ParsableArguments {
    @OptionGroup var work: WorkOptions
    @Option(help: "The core app's database; made anew.") var file: String
    @Option(help: "Rows that were sent before and are not purged.") var sent = 0
    @Option(help: "Rows that wait besides those that are measured.") var waiting = 0

    func outbox() throws -> SQLiteOutbox {
        SQLiteOutbox(path: file, origin: try Origin("core"), safetyLook: .seconds(3_600))
    }

    /// A core app's database with so many rows in its outbox.
    func database(waiting count: Int) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = wal; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000")
        }
        let database = try DatabaseQueue(path: file, configuration: configuration)
        let outbox = try outbox()
        try database.write { db in try outbox.install(in: db) }
        let now = Pace.monotonic
        for first in stride(from: 0, to: sent, by: 100_000) {
            try fill(database, min(100_000, sent - first), "'sent'", "\(WallClock.system.now.milliseconds)", seed: now)
        }
        for first in stride(from: 0, to: count, by: 100_000) {
            try fill(database, min(100_000, count - first), "NULL", "NULL", seed: now)
        }
        try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        return database
    }

    /// Rows as the relay would have left them, about as large as the office's events.
    private func fill(
        _ database: DatabaseQueue, _ count: Int, _ outcome: String, _ settled: String, seed: Int64
    ) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                    INSERT INTO lockstep_outbox (type, subject, scope, data, outcome, settled_at)
                    SELECT 'permit.changed', 'permit/24-' || (abs(random()) % 5000), 'ward-' || (i % 8),
                        json_object('status', 'Issued', 'fee', i % 997, 'inspector', 'I. Nspector',
                            'visit', '2026-01-10T09:30:00Z', 'open', i % 2, 'note',
                            'Footings were inspected and found to be as drawn; the next visit is number ' || i),
                        \(outcome), \(settled) FROM n
                    """)
        }
    }
}

/// The same client publishes events, and then relays as many out of an outbox.
struct Relay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Publishes events plainly, then through an outbox.")
    @OptionGroup var options: OutboxOptions

    func run() async throws {
        let count = options.work.count
        let database = try options.database(waiting: count + options.waiting)
        let outbox = try options.outbox()
        let options = options.work
        try await withClient(options) { client in
            let transport = RabbitMQTransport(client, logger: .benchmark)
            let events = try (0..<count).map { try OfficeEvents.event($0, id: "event-\($0)") }
            let plain = ContinuousClock.now
            try await withThrowingTaskGroup(of: Bool.self) { calls in
                for start in stride(from: 0, to: count, by: 2_000) {
                    if start >= 4_000 { _ = try await calls.next() }
                    let batch = Array(events[start..<min(start + 2_000, count)])
                    calls.addTask { try await transport.publish(batch).allSatisfy { $0 == .confirmed } }
                }
                for try await isConfirmed in calls where !isConfirmed {
                    throw Spoiled(description: "not all was confirmed")
                }
            }
            let plainSeconds = (ContinuousClock.now - plain) / .seconds(1)

            let relay = OutboxRelay(outbox, transport: transport, logger: .benchmark)
            let before = try await sent(database)
            let measurement = Measurement()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                while try await sent(database) - before < count { try await Task.sleep(for: .milliseconds(5)) }
                measurement.report("relay", count: count, [("plain_seconds", plainSeconds)])
                group.cancelAll()
            }
        }
    }

    private func sent(_ database: DatabaseQueue) async throws -> Int {
        try await database.read { db in try Int.fetchOne(db, sql: "SELECT sent FROM lockstep_outbox_totals") ?? 0 }
    }
}

/// One event at a time in an outbox that is idle: how long from its commit until its confirm.
struct RelayOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-one", abstract: "Relays one event at a time.")
    @OptionGroup var options: OutboxOptions
    @Flag(help: "Written as another process does it, which the relay hears of by inotify alone.") var foreign = false

    func run() async throws {
        let (count, isForeign) = (options.work.count, foreign)
        let database = try options.database(waiting: options.waiting)
        let outbox = try options.outbox()
        try await withClient(options.work) { client in
            let transport = StampingTransport(RabbitMQTransport(client, logger: .benchmark))
            let relay = OutboxRelay(outbox, transport: transport, logger: .benchmark)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                try await Task.sleep(for: .milliseconds(500))
                let measurement = Measurement()
                var latencies: [Duration] = []
                for number in 0..<count {
                    try await database.write { db in
                        if isForeign {
                            try db.execute(
                                sql:
                                    "INSERT INTO lockstep_outbox (type, subject, data) VALUES ('permit.changed', ?, '{}')",
                                arguments: ["permit/\(number)"])
                        } else {
                            let type = try EventType("permit.changed")
                            try outbox.append(EventDraft(type, about: try Subject("permit/\(number)")), in: db)
                        }
                    }
                    let committed = ContinuousClock.now
                    latencies.append(max(.zero, try await transport.confirmation(number + 1) - committed))
                    // Idle again: what the confirm leads to is done.
                    try await Task.sleep(for: .milliseconds(10))
                }
                measurement.report("relay-one", latencies: latencies)
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
