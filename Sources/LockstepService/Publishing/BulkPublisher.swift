import Lockstep

/// Publishes events from an input in batches, and counts what becomes of them.
struct BulkPublisher: Sendable {
    /// How many events are on their way at once; as many as the client's window holds.
    static let batch = 1000

    let publisher: EventPublisher
    let bad: @Sendable (BadLine) -> Void
    let published: @Sendable (Event) -> Void

    private(set) var summary = PublishSummary()
    private var waiting: [(draft: EventDraft, line: Int)] = []

    /// - Parameters:
    ///   - bad: Told of each line that is no event, or that the broker did not take.
    ///   - published: Told of each event that the broker has.
    init(
        _ publisher: EventPublisher,
        bad: @escaping @Sendable (BadLine) -> Void,
        published: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.publisher = publisher
        self.bad = bad
        self.published = published
    }

    /// Takes what was read; publishes whenever a batch is full.
    mutating func take(_ entries: some Sequence<EventLines.Entry>) async throws {
        for entry in entries {
            summary.lines += 1
            switch entry {
            case .bad(let line):
                summary.bad += 1
                bad(line)
            case .event(let draft, let line):
                waiting.append((draft, line))
                if waiting.count == Self.batch { try await flush() }
            }
        }
    }

    /// Publishes what is left.
    mutating func flush() async throws {
        guard !waiting.isEmpty else { return }
        let answers = try await publisher.publish(waiting.map(\.draft))
        for (answer, line) in zip(answers, waiting.map(\.line)) {
            switch answer.outcome {
            case .confirmed:
                summary.published += 1
                published(answer.event)
            case .unrouted: summary.unrouted += 1
            case .refused(let reason):
                summary.refused += 1
                bad(BadLine(line: line, reason: reason))
            }
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
