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
    private let gap: Mutex<ReportGap>

    /// - Parameter silence: How long nothing is tried after an error.
    init(_ client: RabbitMQClient, silence: Duration = ReportGap.silence, logger: Logger) {
        self.client = client
        self.logger = logger
        gap = Mutex(ReportGap(silence: silence))
    }

    func report(
        _ events: [Event], _ outcomes: [Lockstep.PublishOutcome], acceptedAt: Timestamp, at: Timestamp
    ) async {
        guard !events.isEmpty, mayTry(events.count) else { return }
        let entries = zip(events, outcomes).map(PublicationReport.Entry.init)
        let publications = stride(from: 0, to: entries.count, by: Self.batch).map { start in
            let end = min(start + Self.batch, entries.count)
            return ReportMessage.publication(
                of: PublicationReport(acceptedAt: acceptedAt, at: at, entries: Array(entries[start..<end])))
        }
        do {
            let answers = try await patiently(publications)
            let isComplete = answers.allSatisfy { $0 == .confirmed }
            if isComplete { noteSuccess() } else { warn("the ledger's queue is missing or full", of: events.count) }
        } catch let error as RabbitMQError {
            gap.withLock { $0.keepSilent(from: .now) }
            warn(error.message, of: events.count)
        } catch  where Task.isCancelled {
            // The publisher is to end.
        } catch {
            gap.withLock { $0.keepSilent(from: .now) }
            warn("the broker did not answer in time", of: events.count)
        }
    }

    private func mayTry(_ count: Int) -> Bool {
        gap.withLock { gap in
            guard gap.isSilent(at: .now) else { return true }
            gap.drop(count)
            return false
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

    private func noteSuccess() {
        guard let dropped = gap.withLock({ $0.end() }) else { return }
        logger.info("The ledger is told again of what is published", metadata: ["dropped": "\(dropped)"])
    }

    /// Says so once: an app may publish for days without a ledger.
    private func warn(_ reason: String, of count: Int) {
        let isNews = gap.withLock { gap in
            gap.drop(count)
            return gap.isNews()
        }
        guard isNews else { return }
        logger.warning(
            "Events are published, but the ledger is not told of that",
            metadata: [
                "reason": "\(reason)",
                "remedy": "run 'lockstep topology apply', and see that 'lockstep ledger' runs",
            ])
    }
}
