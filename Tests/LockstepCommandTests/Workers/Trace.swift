import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import Logging
import RabbitMQ

/// A stream of events of which each leaves a trace, and what must come of it.
struct Trace {
    /// What the broker has confirmed, in order.
    private(set) var events: [Event] = []
    private var checker = HistoryChecker()
    private let versions = MemoryVersionSource()
    private let clock: WallClock

    init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// The field that only this event writes.
    static func field(of id: EventID) -> String { "seen-\(id)" }

    /// Publishes so many events about these records in turn; without any, about a record that is new.
    mutating func publish(
        _ count: Int = 1, about subjects: [String] = [], versions: (any VersionSource)? = nil, to url: String
    ) async throws {
        let first = events.count
        let drafts = try (first..<first + count).map { number in
            let id = try EventID("\(number)")
            let subject = subjects.isEmpty ? "permit/new-\(number)" : subjects[number % subjects.count]
            return EventDraft(
                try EventType("permit.revised"), about: try Subject(subject),
                ["revision": JSONText(integerLiteral: number), Self.field(of: id): true], id: id)
        }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let published = try await withClient(of: url) { client in
            try await EventPublisher(
                EventPublisher.Configuration(origin: try Origin("core")),
                transport: RabbitMQTransport(client, logger: quiet), versions: versions ?? self.versions, clock: clock
            ).publish(drafts)
        }
        for published in published {
            checker.attempt(published.event)
            if published.outcome == .confirmed { checker.accept(published.event.id) }
        }
        events += published.map(\.event)
    }

    /// The events about a record.
    func events(about subject: String) -> Set<EventID> {
        Set(events.filter { $0.subject.text == subject }.map(\.id))
    }

    /// Judges an office beside one that took everything in, in order and once.
    func judge(_ office: OfficeHistory) async throws -> HistoryVerdict {
        let replica = MemoryReplica()
        _ = try await replica.merge(events.map { Arrival($0) })
        var model = OfficeHistory(name: "model", applied: events.map(\.id))
        model.state = await replica.records.compactMapValues { record in
            record.version.map { OfficeHistory.Held(version: $0, content: record.shown(by: .newest)?.text ?? "") }
        }
        return checker.judge([office, model])
    }
}
