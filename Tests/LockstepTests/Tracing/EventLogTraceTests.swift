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

    @Test(arguments: [nil, "", "00-abc-def-01", "nonsense"])
    func whatIsNoTraceIsLeftOut(_ traceparent: String?) throws {
        #expect(try Self.ids(of: traceparent).isEmpty)
    }
}
