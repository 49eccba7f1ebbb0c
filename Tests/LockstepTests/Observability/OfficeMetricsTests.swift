import Lockstep
import LockstepTesting
import Logging
import Metrics
import PrometheusText
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OfficeMetricsTests {
    /// What a registry shows after a worker has worked batches off, a second after the events were published.
    private static func metrics(
        of batches: [[EventDelivery]], replica: MemoryReplica = MemoryReplica(), adapter: (any Adapter)? = nil
    ) async throws -> String {
        let registry = PrometheusRegistry()
        let subscription = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("#")],
            retry: try RetryPolicy(attempts: 3, delays: [RetryDelay.allCases[0]]))
        try await withMetricsFactory(registry) {
            try await OfficeWorker(
                subscription, transport: MemoryTransport(delivering: batches), replica: replica, adapter: adapter,
                wallClock: WallClock { Timestamp(microseconds: 1_000_000) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).run()
        }
        return registry.text()
    }

    private static func delivery(_ reading: UInt64, about subject: String = "permit/1", attempt: Int = 1) throws
        -> EventDelivery
    {
        EventDelivery(.success(try Sample.event(reading, about: subject)), attempt: attempt)
    }

    @Test func whatMergingDidIsCountedAndHowLongItTook() async throws {
        let garbage = EventDelivery(.failure(LockstepError(.invalidJSON, "not JSON")))
        let text = try await Self.metrics(of: [
            [try Self.delivery(2), try Self.delivery(2), garbage], [try Self.delivery(1)],
        ])
        for line in [
            #"lockstep_office_deliveries_total{office="ward-3"} 4"#,
            #"lockstep_office_events_total{office="ward-3",outcome="applied"} 1"#,
            #"lockstep_office_events_total{office="ward-3",outcome="superseded"} 1"#,
            #"lockstep_office_events_total{office="ward-3",outcome="duplicate"} 1"#,
            #"lockstep_office_events_total{office="ward-3",outcome="conflict"} 0"#,
            #"lockstep_office_undecodable_total{office="ward-3"} 1"#,
            #"lockstep_office_dead_letters_total{class="undecodable",office="ward-3"} 1"#,
            // Only what changed something has a delay.
            #"lockstep_office_publish_to_commit_seconds_count{office="ward-3"} 1"#,
            #"lockstep_office_publish_to_commit_seconds_sum{office="ward-3"} 1"#,
            #"lockstep_office_batch_seconds_count{office="ward-3"} 2"#,
            #"lockstep_office_oldest_unapplied_seconds{office="ward-3"} 0"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func failuresAreCountedByClassAndTheOldestOfThemHasAnAge() async throws {
        let replica = MemoryReplica()
        await replica.failNext(LockstepError(.storeUnavailable, "the file is locked"))
        let text = try await Self.metrics(
            of: [[try Self.delivery(1), try Self.delivery(2, about: "permit/2", attempt: 3)]], replica: replica)
        for line in [
            #"lockstep_office_retries_total{class="store",office="ward-3"} 1"#,
            #"lockstep_office_dead_letters_total{class="store",office="ward-3"} 1"#,
            #"lockstep_office_oldest_unapplied_seconds{office="ward-3"} 1"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func eachCallOfTheAdapterIsTimed() async throws {
        let text = try await Self.metrics(of: [[try Self.delivery(1)]], adapter: ScriptedAdapter())
        #expect(text.contains("lockstep_office_adapter_seconds_count{office=\"ward-3\"} 1\n"))
    }

    @Test func whatIsPublishedIsCountedByItsOutcome() async throws {
        let registry = PrometheusRegistry()
        for outcome in [PublishOutcome.confirmed, .unrouted, .refused("full")] {
            try await withMetricsFactory(registry) {
                let publisher = EventPublisher(
                    .init(origin: try Origin("core")), transport: MemoryTransport(answering: outcome),
                    versions: MemoryVersionSource())
                let draft = EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), ["a": "b"])
                _ = try await publisher.publish([draft, draft])
            }
        }
        for (name, count) in [("published", 6), ("confirmed", 2), ("returned", 2), ("refused", 2), ("failed", 0)] {
            #expect(registry.text().contains("lockstep_events_\(name)_total \(count)\n"))
        }
    }
}
