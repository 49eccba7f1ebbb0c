import Lockstep
import LockstepTesting
import Logging
import Synchronization
import Testing
import Tracing

@Suite(.timeLimit(.minutes(1)))
struct TraceTests {
    private static func parent(_ digit: Int) -> String {
        "00-\(String(repeating: "\(digit)", count: 32))-00000000000000ab-01"
    }

    private static func delivery(_ reading: UInt64, about subject: String, parent: String?) throws -> EventDelivery {
        var event = try Sample.event(reading, about: subject)
        event.traceparent = parent
        return EventDelivery(.success(event))
    }

    /// Notes in which trace it was called, and which trace each change has.
    private final class NotingAdapter: Adapter {
        let current = Mutex<[String?]>([])
        let changes = Mutex<[Change]>([])

        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
            current.withLock { $0.append(W3CTracer.traceID(in: ServiceContext.current)) }
            self.changes.withLock { $0 += changes }
            return changes.map { _ in .applied }
        }
    }

    private static func work(off batch: [EventDelivery]) async throws -> NotingAdapter {
        let adapter = NotingAdapter()
        try await OfficeWorker(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]),
            transport: MemoryTransport(delivering: [batch]), replica: MemoryReplica(), adapter: adapter,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).run()
        return adapter
    }

    private static func publish(_ draft: EventDraft) async throws -> Event {
        let transport = MemoryTransport()
        let publisher = EventPublisher(
            .init(origin: try Origin("core")), transport: transport, versions: MemoryVersionSource())
        return try await publisher.publish(draft).event
    }

    private static func draft() throws -> EventDraft {
        EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), ["a": "b"])
    }

    @Test func whatIsPublishedCarriesTheTraceOfItsPublisher() async throws {
        let tracer = W3CTracer()
        let event = try await withTracer(tracer) {
            try await withSpan("request") { _ in try await Self.publish(try Self.draft()) }
        }
        let spans = tracer.ended
        #expect(spans.map(\.name) == ["lockstep publish", "request"])
        #expect(spans[0].parentSpanID == spans[1].spanID)
        #expect(event.traceparent == "00-\(spans[1].traceID)-\(spans[0].spanID)-01")
        #expect(event.extensions == ["tracestate": "memory=\(spans[0].spanID)"])
    }

    @Test func aTraceThatADraftHasStaysAsItIs() async throws {
        var draft = try Self.draft()
        draft.traceparent = Self.parent(7)
        draft.extensions = ["tracestate": "mine=1"]
        let own = draft
        let events = try await withTracer(W3CTracer()) {
            let appended = own.carryingTrace()
            #expect(appended == own)
            return [try await Self.publish(own), try await Self.publish(appended)]
        }
        for event in events {
            #expect(event.traceparent == Self.parent(7))
            #expect(event.extensions == ["tracestate": "mine=1"])
        }
    }

    @Test func withoutATracerNothingIsAdded() async throws {
        #expect(try Self.draft().carryingTrace() == Self.draft())
        let event = try await Self.publish(try Self.draft())
        #expect(event.traceparent == nil)
        #expect(event.extensions.isEmpty)
        // And what an event has reaches the adapter all the same.
        let adapter = try await Self.work(off: [try Self.delivery(1, about: "permit/1", parent: Self.parent(3))])
        #expect(adapter.changes.withLock { $0 }.map(\.trace?.parent) == [Self.parent(3)])
    }

    @Test func anAdapterThatIsToldOfOneEventIsInItsTrace() async throws {
        let tracer = W3CTracer()
        let adapter = try await withTracer(tracer) {
            try await Self.work(off: [try Self.delivery(1, about: "permit/1", parent: Self.parent(3))])
        }
        let trace = String(repeating: "3", count: 32)
        #expect(adapter.current.withLock { $0 } == [trace])
        #expect(tracer.ended.map(\.name) == ["lockstep adapter", "lockstep apply"])
        #expect(tracer.ended.allSatisfy { $0.traceID == trace })
    }

    @Test func eventsOfSeveralTracesAreLinkedAndEachChangeHasItsOwn() async throws {
        let tracer = W3CTracer()
        let adapter = try await withTracer(tracer) {
            try await Self.work(off: [
                try Self.delivery(1, about: "permit/1", parent: Self.parent(1)),
                try Self.delivery(2, about: "permit/1", parent: Self.parent(2)),
                try Self.delivery(3, about: "permit/2", parent: Self.parent(3)),
                try Self.delivery(4, about: "permit/3", parent: nil),
            ])
        }
        // The newest event of a record gives the change its trace.
        #expect(
            adapter.changes.withLock { $0 }.map(\.trace?.parent) == [Self.parent(2), Self.parent(3), nil])
        let apply = try #require(tracer.ended.first { $0.name == "lockstep apply" })
        #expect(Set(apply.linkedTraceIDs) == Set((1...3).map { String(repeating: "\($0)", count: 32) }))
        #expect(!apply.linkedTraceIDs.contains(apply.traceID))
        let change = try #require(adapter.changes.withLock { $0.first?.trace })
        let trace = withTracer(tracer) { W3CTracer.traceID(in: change.serviceContext) }
        #expect(trace == String(repeating: "2", count: 32))
    }
}
