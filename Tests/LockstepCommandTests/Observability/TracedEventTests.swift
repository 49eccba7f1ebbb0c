import Foundation
import GRDB
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Logging
import RabbitMQ
import ServiceLifecycle
import Synchronization
import Testing
import Tracing

/// The way of a trace: a transaction of the core app, its outbox, a relay, the broker, a worker, an adapter.
@Suite("A trace", .timeLimit(.minutes(2)))
struct TracedEventTests {
    private final class NotingAdapter: Adapter {
        let traceIDs = Mutex<[String?]>([])

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            traceIDs.withLock { $0.append(W3CTracer.traceID(in: ServiceContext.current)) }
            return changes.map { _ in .applied }
        }
    }

    @Test("goes with an event from the outbox to the adapter")
    func endToEnd() async throws {
        try await withSite(offices: "  ward-3: { events: [\"#\"] }\n") { site in
            let tracer = W3CTracer()
            let adapter = NotingAdapter()
            try await withTracer(tracer) { try await Self.send(through: site, to: adapter) }

            let request = try #require(tracer.ended.first { $0.name == "request" })
            #expect(adapter.traceIDs.withLock { $0 } == [request.traceID])
            let names = Set(tracer.ended.filter { $0.traceID == request.traceID }.map(\.name))
            #expect(names == ["request", "lockstep append", "lockstep relay", "lockstep apply", "lockstep adapter"])
        }
    }

    /// Writes an event to an outbox in the span `request`, and waits until the adapter has been asked.
    private static func send(through site: Site, to adapter: NotingAdapter) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let file = site.directory.appending(path: "permits.sqlite").path
        var settings = Configuration()
        // The relay reads the file, too.
        settings.busyMode = .timeout(20)
        let database = try DatabaseQueue(path: file, configuration: settings)
        let outbox = SQLiteOutbox(path: file, origin: try Origin("core"))
        try await database.write { db in try outbox.install(in: db) }
        let client = RabbitMQClient(configuration: try .init(url: site.host.amqpURL), logger: logger)
        let transport = RabbitMQTransport(client, logger: logger)
        let office = try OfficeName("ward-3")
        let replica = try SQLiteReplica(
            path: site.directory.appending(path: "ward-3.sqlite").path, office: office, calendar: [], logger: logger)
        let services: [any Service] = [
            client, OutboxRelay(outbox, transport: transport, logger: logger),
            OfficeWorker(
                Subscription(office: office, events: [try TopicPattern("#")]), transport: transport, replica: replica,
                adapter: adapter, logger: logger),
        ]
        let group = ServiceGroup(services: services, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let draft = EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), ["a": "b"])
            try await withSpan("request") { _ in
                try await database.write { db in try outbox.append(draft, in: db) }
            }
            try await eventually("the adapter was asked") { adapter.traceIDs.withLock { !$0.isEmpty } }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
