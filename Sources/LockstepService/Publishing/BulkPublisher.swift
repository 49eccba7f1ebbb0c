import Lockstep

/// Publishes events from an input in batches, and counts what becomes of them.
struct BulkPublisher: Sendable {
    /// How many events are on their way at once; as many as the client's window holds.
    static let batch = 1000

    let publisher: EventPublisher
    let bad: @Sendable (BadLine) -> Void

    private(set) var summary = PublishSummary()
    private var waiting: [(draft: EventDraft, line: Int)] = []

    init(_ publisher: EventPublisher, bad: @escaping @Sendable (BadLine) -> Void) {
        self.publisher = publisher
        self.bad = bad
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
        let published = try await publisher.publish(waiting.map(\.draft))
        for (published, line) in zip(published, waiting.map(\.line)) {
            switch published.outcome {
            case .confirmed: summary.published += 1
            case .unrouted: summary.unrouted += 1
            case .refused(let reason):
                summary.refused += 1
                bad(BadLine(line: line, reason: reason))
            }
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
