import ArgumentParser
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Synchronization

/// The whole job of an office: consume, decode, merge into SQLite, acknowledge.
struct Office: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Works off the office's queue.")
    @OptionGroup var options: WorkOptions
    @Option(help: "The replica's file.") var file: String
    @Flag(help: "Tell no ledger of it.") var unreported = false
    @Flag(help: "As an office is unless it is told otherwise: it takes what has arrived.") var immediate = false

    func run() async throws {
        let measured = try await workOff(
            options, file: file, delivery: immediate ? .immediate : try OfficeEvents.subscription().delivery,
            isReported: !unreported)
        measured.measurement.report("office", count: options.count)
    }
}

/// The same while somebody publishes at a rate: how long from there to the commit.
struct Follow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Follows the office's queue; the time is in the ids.")
    @OptionGroup var options: WorkOptions
    @Option(help: "The replica's file.") var file: String

    func run() async throws {
        let measured = try await workOff(options, file: file, delivery: .immediate)
        measured.measurement.report("follow", latencies: measured.latencies)
    }
}

private func workOff(
    _ options: WorkOptions, file: String, delivery: Lockstep.DeliveryMode, isReported: Bool = true
) async throws -> (measurement: Measurement, latencies: [Duration]) {
    var subscription = try OfficeEvents.subscription()
    subscription.delivery = delivery
    let replica = WatchedReplica(
        try SQLiteReplica(path: file, office: subscription.office, calendar: [], logger: .benchmark),
        until: options.count)
    let office = subscription
    return try await withClient(options) { client in
        let transport = RabbitMQTransport(client, logger: .benchmark, reportsReceipts: isReported)
        let worker = OfficeWorker(office, transport: transport, replica: replica, logger: .benchmark)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let measurement = Measurement()
            group.addTask { try await worker.run() }
            group.addTask { await replica.all.wait() }
            defer { group.cancelAll() }
            // The first to end is the countdown, or a worker that failed.
            try await group.next()
            return (measurement, replica.latencies)
        }
    }
}

/// A replica that tells when it has taken so many events in, and how old they were.
private final class WatchedReplica: ReplicaStore {
    let all: Countdown
    private let replica: SQLiteReplica
    private let taken = Mutex<[Duration]>([])

    init(_ replica: SQLiteReplica, until count: Int) {
        self.replica = replica
        all = Countdown(count)
    }

    var latencies: [Duration] { taken.withLock { $0 } }

    func merge(_ arrivals: [Arrival]) async throws(LockstepError) -> [Acceptance] {
        let acceptances = try await replica.merge(arrivals)
        let now = Pace.monotonic
        let ages = arrivals.compactMap { Int64($0.event.id.text.suffix(20)) }.map { Duration.nanoseconds(now - $0) }
        taken.withLock { $0 += ages }
        all.happened(arrivals.count)
        return acceptances
    }

    func unpushed(among subjects: Set<Subject>) async throws(LockstepError) -> [Change] {
        try await replica.unpushed(among: subjects)
    }

    func markPushed(_ changes: [Change]) async throws(LockstepError) {
        try await replica.markPushed(changes)
    }
}
