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

    @Test(.timeLimit(.minutes(5))) func aDeadLettersLineHasTheIDsOfItsEvent() async throws {
        let deliveries = try [1, 2].map { number in
            var event = try Sample.event(UInt64(number), about: "permit/\(number)")
            if number == 2 { event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
            return EventDelivery(.success(event))
        }
        let log = RecordingLog(asking: .eventTrace)
        let worker = OfficeWorker(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]),
            transport: MemoryTransport(delivering: [deliveries]), replica: MemoryReplica(),
            adapter: ScriptedAdapter { _ in .refused("no day") }, logger: log.logger)
        try await worker.run()
        let lines = log.lines.filter { $0.message == "A delivery becomes a dead letter" }
        #expect(lines.map { $0.metadata["trace-id"] } == [nil, "0af7651916cd43dd8448eb211c80319c"])
    }

    @Test(arguments: [nil, "", "00-abc-def-01", "nonsense"])
    func whatIsNoTraceIsLeftOut(_ traceparent: String?) throws {
        #expect(try Self.ids(of: traceparent).isEmpty)
    }
}
