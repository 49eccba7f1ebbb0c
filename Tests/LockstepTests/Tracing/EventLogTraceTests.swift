import LockstepTesting
import Logging
import Synchronization
import Testing

@testable import Lockstep

/// The ids of an event's trace in log lines about it.
struct EventLogTraceTests {
    private static func ids(of traceparent: String?) throws -> Logger.Metadata {
        var event = try Sample.event(1)
        event.traceparent = traceparent
        let found = Mutex<Logger.Metadata>([:])
        EventLogTrace.about(event) { found.withLock { $0 = Logger.MetadataProvider.eventTrace.get() } }
        return found.withLock(\.self)
    }

    @Test func linesAboutAnEventHaveItsIDs() throws {
        let ids = try Self.ids(of: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(ids == ["trace-id": "0af7651916cd43dd8448eb211c80319c", "span-id": "b7ad6b7169203331"])
        #expect(Logger.MetadataProvider.eventTrace.get().isEmpty, "other lines have none")
    }

    @Test(.timeLimit(.minutes(1))) func aDeadLettersLineHasTheIDsOfItsEvent() async throws {
        let deliveries = try [1, 2].map { number in
            var event = try Sample.event(UInt64(number), about: "permit/\(number)")
            if number == 2 { event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
            return EventDelivery(.success(event))
        }
        let log = TraceLog()
        let worker = OfficeWorker(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]),
            transport: MemoryTransport(delivering: [deliveries]), replica: MemoryReplica(),
            adapter: ScriptedAdapter { _ in .refused("no day") }, logger: log.logger)
        try await worker.run()
        #expect(log.ids == [nil, "0af7651916cd43dd8448eb211c80319c"])
    }

    @Test(arguments: [nil, "", "00-abc-def-01", "nonsense"])
    func whatIsNoTraceIsLeftOut(_ traceparent: String?) throws {
        #expect(try Self.ids(of: traceparent).isEmpty)
    }
}

/// Keeps the trace ids that a provider gives to the lines about dead letters.
private final class TraceLog: Sendable {
    private let lines = Mutex<[String?]>([])

    var ids: [String?] { lines.withLock(\.self) }
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: TraceLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard event.message == "A delivery becomes a dead letter" else { return }
            let id = Logger.MetadataProvider.eventTrace.get()["trace-id"]
            log.lines.withLock { $0.append(id.map { "\($0)" }) }
        }
    }
}
