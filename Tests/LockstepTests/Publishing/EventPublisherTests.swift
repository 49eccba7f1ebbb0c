import Lockstep
import LockstepTesting
import Testing

struct EventPublisherTests {
    private static func publisher(_ transport: MemoryTransport, limit: Int = 1 << 20) throws -> EventPublisher {
        var configuration = EventPublisher.Configuration(origin: try Origin("core"))
        configuration.maximumEventSize = limit
        return EventPublisher(
            configuration,
            transport: transport,
            versions: MemoryVersionSource(after: ClockReading(100)),
            clock: WallClock { Timestamp(microseconds: 1_711_960_200_000_000) }
        )
    }

    private static func draft(_ data: JSONObject = ["status": "Issued"]) throws -> EventDraft {
        EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), data)
    }

    @Test func fillsInWhatIsMissing() async throws {
        let transport = MemoryTransport()
        let published = try await Self.publisher(transport).publish(try Self.draft())
        #expect(published.outcome == .confirmed)
        #expect(published.event.source.text == "core")
        #expect(published.event.version.description == "0000000000000065-core")
        #expect(published.event.time.rfc3339 == "2024-04-01T08:30:00Z")
        #expect(await transport.published == [published.event])
    }

    @Test func versionsGrowInTheOrderOfTheDrafts() async throws {
        let drafts = try (0..<5).map { _ in try Self.draft() }
        let published = try await Self.publisher(MemoryTransport()).publish(drafts)
        let readings = published.map(\.event.version.reading.bits)
        #expect(readings == [101, 102, 103, 104, 105])
    }

    @Test func aVersionThatIsThereIsKept() async throws {
        var draft = try Self.draft()
        draft.version = try Version("0190c5a2b3c40000-ward-3")
        #expect(try await Self.publisher(MemoryTransport()).publish(draft).event.version == draft.version)
    }

    @Test func whatIsTooLargeIsRefusedBeforeAnythingIsSent() async throws {
        let transport = MemoryTransport()
        let large = try Self.draft(["text": JSONText(string: String(repeating: "x", count: 2000))])
        let publisher = try Self.publisher(transport, limit: 1000)
        let error = await #expect(throws: LockstepError.self) {
            try await publisher.publish([try Self.draft(), large])
        }
        #expect(error?.code == .eventTooLarge)
        #expect(await transport.published.isEmpty)
    }
}
