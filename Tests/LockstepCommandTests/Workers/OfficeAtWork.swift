import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Logging
import RabbitMQ
import ServiceLifecycle

/// The office `ward-3` of a site, with an adapter, at work in this process: a real queue and a real file.
///
/// An exit test's process can be given it, and be killed with it.
struct OfficeAtWork: Sendable, Codable {
    /// How the site's configuration names it.
    static let configured = "  ward-3: { events: [\"#\"] }\n"
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let url: String
    /// Its replica.
    let file: String
    /// What its own system has been told.
    let journal: Journal

    init(_ site: Site) {
        url = site.host.amqpURL
        file = site.directory.appending(path: "state/ward-3.sqlite").path
        journal = Journal(file: site.directory.appending(path: "journal").path)
    }

    static func subscription() throws -> Subscription {
        Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")])
    }

    /// Works until the condition holds, and then finishes what is in hand.
    func work(clock: WallClock = .system, until isDone: () async throws -> Bool) async throws {
        let client = RabbitMQClient(configuration: try RabbitMQClientConfiguration(url: url), logger: Self.quiet)
        let subscription = try Self.subscription()
        let replica = try SQLiteReplica(
            path: file, office: subscription.office, calendar: [], clock: clock, logger: Self.quiet)
        let worker = OfficeWorker(
            subscription, transport: RabbitMQTransport(client, logger: Self.quiet, clock: clock), replica: replica,
            adapter: journal, logger: Self.quiet)
        let services = ServiceGroup(services: [client, worker], logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            // What a worker before it had in hand comes one at a time, each with a commit of its own.
            try await eventually("the office is done", within: .seconds(150), every: .milliseconds(100), isDone)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        try replica.close()
    }

    /// Works until the process is killed; if nobody does that, the process ends by itself.
    func workUntilKilled() async throws {
        try await work { false }
    }

    /// What its replica holds and has counted.
    func statistics() async throws -> OfficeStatistics {
        try await OfficeReader(path: file).statistics()
    }

    /// Works until its own system has been told of the last event.
    func work(through trace: Trace, clock: WallClock = .system) async throws {
        guard let last = trace.events.last else { preconditionFailure("a trace without events has no last one") }
        try await work(through: last.subject.text, clock: clock)
    }

    /// Works until its own system has been told of this record.
    func work(through subject: String, clock: WallClock = .system) async throws {
        try await work(clock: clock) { try journal.effects().contains { $0.subject == subject } }
    }

    /// What the checker must know of it.
    ///
    /// An event has been applied where it left its trace: a field that no other event writes.
    func history(of events: [Event]) async throws -> OfficeHistory {
        var history = OfficeHistory(name: "ward-3")
        var shown: [Subject: JSONObject] = [:]
        for try await record in try OfficeReader(path: file).records {
            history.state[record.subject] = OfficeHistory.Held(version: record.version, content: record.data ?? "")
            shown[record.subject] = try record.data.map { try JSONObject(parsing: $0) }
        }
        history.applied = events.filter { shown[$0.subject]?[Trace.field(of: $0.id)] != nil }.map(\.id)
        history.dead = try await deadLetters().map {
            OfficeHistory.DeadLetter(id: try EventID($0.id), reason: $0.error)
        }
        return history
    }

    /// Its dead letters.
    func deadLetters() async throws -> [DeadLetter] {
        try await withClient(of: url) { client in
            try await DeadLetters(of: try OfficeName("ward-3"), client: client).list(limit: 1_000)
        }
    }

    /// How many deliveries lie ready in its queue; all of them, where nobody works.
    func waiting() async throws -> Int? {
        try await withClient(of: url) { client in
            try await client.inspect(queue: BrokerName.queue(of: try OfficeName("ward-3")))?.messages
        }
    }

    /// How many messages lie ready for the ledger.
    func reported() async throws -> Int? {
        try await withClient(of: url) { client in try await client.inspect(queue: BrokerName.ledger)?.messages }
    }
}

/// Runs the closure with a client that is connected.
func withClient<R>(of url: String, _ body: (RabbitMQClient) async throws -> R) async throws -> R {
    try await withClient(try RabbitMQClientConfiguration(url: url), body)
}

/// Runs the closure with a client that is connected.
func withClient<R>(
    _ configuration: RabbitMQClientConfiguration, _ body: (RabbitMQClient) async throws -> R
) async throws -> R {
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let client = RabbitMQClient(configuration: configuration, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        try await client.waitUntilReady()
        let result = try await body(client)
        group.cancelAll()
        return result
    }
}
