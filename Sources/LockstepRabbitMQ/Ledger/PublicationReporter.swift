import Lockstep
import Logging
import RabbitMQ
import Synchronization

/// Tells the ledger what was published.
///
/// The events are with the broker already: what goes wrong here is logged, and holds up no publisher for long.
final class PublicationReporter: Sendable {
    /// The most events of one message.
    private static let batch = 1_000
    /// How long a broker that does not answer is waited for.
    private static let patience = Duration.seconds(5)

    private let client: RabbitMQClient
    private let logger: Logger
    /// Where this account may not report, it is not tried again and again: each refusal costs a channel.
    private let isRefused = Mutex(false)

    init(_ client: RabbitMQClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    func report(
        _ events: [Event], _ outcomes: [Lockstep.PublishOutcome], acceptedAt: Timestamp, at: Timestamp
    ) async {
        guard !events.isEmpty, !isRefused.withLock({ $0 }) else { return }
        let entries = zip(events, outcomes).map(PublicationReport.Entry.init)
        let publications = stride(from: 0, to: entries.count, by: Self.batch).map { start in
            let end = min(start + Self.batch, entries.count)
            return ReportMessage.publication(
                of: PublicationReport(acceptedAt: acceptedAt, at: at, entries: Array(entries[start..<end])))
        }
        do {
            let answers = try await patiently(publications)
            let lost = answers.count { $0 != .confirmed }
            if lost > 0 { warn("the broker has no place for them; run 'lockstep topology apply'") }
        } catch let error as RabbitMQError {
            if error.code == .accessRefused || error.code == .notFound { isRefused.withLock { $0 = true } }
            warn(error.message)
        } catch {
            warn("the broker did not answer in time")
        }
    }

    private func patiently(_ publications: [Publication]) async throws -> [RabbitMQ.PublishOutcome] {
        let client = client
        return try await withThrowingTaskGroup(of: [RabbitMQ.PublishOutcome].self) { group in
            group.addTask { try await client.publish(publications) }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let answers = try await group.next() else { preconditionFailure("the group has two tasks") }
            return answers
        }
    }

    private func warn(_ reason: String) {
        logger.warning(
            "Events were published, but the ledger is not told of that", metadata: ["reason": "\(reason)"])
    }
}
