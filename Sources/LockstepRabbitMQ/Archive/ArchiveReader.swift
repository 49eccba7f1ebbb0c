import Lockstep
import RabbitMQ
import Synchronization

/// Reads the archive: from a moment to where it ended when reading began.
struct ArchiveReader: Sendable {
    /// The most events that are in memory at once.
    private static let batch = 250
    /// How long the broker is given to hand out the next event.
    private static let patience = Duration.seconds(5)
    /// How far clocks may differ: an event's time is its publisher's, the archive's is the broker's.
    private static let skew: Int64 = 600

    /// The header in which a stream's delivery has its place.
    static let offset = "x-stream-offset"

    let client: RabbitMQClient

    /// What is in the archive.
    struct Entry: Sendable {
        let delivery: Delivery
        /// Its place; places have no gaps.
        let offset: Int64
    }

    /// Hands out what is there, the oldest first.
    ///
    /// - Parameter handler: Told of some entries, and the place of the last one of all.
    /// - Throws: ``LockstepError``: `notFound` where there is no archive; and what the handler throws.
    func read(
        since: Timestamp?, _ handler: @escaping @Sendable (_ entries: [Entry], _ last: Int64) async throws -> Void
    ) async throws {
        guard try await client.inspect(queue: BrokerName.archive) != nil else {
            throw LockstepError(
                .notFound,
                "The broker keeps no archive, so past events cannot be sent again. Set 'archive' in lockstep.yaml and run "
                    + "'lockstep topology apply'; it keeps what is published from then on."
            )
        }
        // Of the last chunk, where it ends.
        let last = Mutex<Int64?>(nil)
        try await consume(from: "last", patience: .seconds(1)) { entries in
            if let newest = entries.last?.offset { last.withLock { $0 = max($0 ?? newest, newest) } }
            return true
        }
        guard let end = last.withLock({ $0 }) else { return }
        let seen = Mutex<Int64>(-1)
        let start: FieldValue =
            since.map { .timestamp(UInt64(max(0, $0.microseconds / 1_000_000 - Self.skew))) } ?? "first"
        try await consume(from: start, patience: Self.patience) { entries in
            // After a loss of the connection it begins anew.
            let known = seen.withLock { $0 }
            let new = entries.filter { $0.offset > known && $0.offset <= end }
            if !new.isEmpty { try await handler(new, end) }
            guard let newest = entries.last?.offset else { return true }
            seen.withLock { $0 = max($0, newest) }
            return newest < end
        }
        let reached = seen.withLock { $0 }
        // Nothing at all: everything is older than what was asked for.
        guard reached < 0 || reached >= end else {
            throw LockstepError(
                .brokerUnavailable,
                "The broker stopped handing out the archive before its end. Nothing is lost: run the same command again."
            )
        }
    }

    /// Consumes the stream until the handler has enough or nothing comes any more.
    private func consume(
        from start: FieldValue, patience: Duration, _ handler: @escaping @Sendable ([Entry]) async throws -> Bool
    ) async throws {
        var options = ConsumerOptions(tag: "archive", prefetch: UInt16(Self.batch * 2))
        options.batching = .immediate(limit: Self.batch)
        options.isolateRedelivered = false
        options.arguments = [Self.offset: start]
        let watch = IdleWatch()
        let consumption = options
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await client.consume(from: BrokerName.archive, options: consumption) { deliveries in
                        watch.begin()
                        defer { watch.end() }
                        let entries = deliveries.compactMap { delivery in
                            delivery.message.properties.headers[Self.offset]?.int.map {
                                Entry(delivery: delivery, offset: $0)
                            }
                        }
                        guard try await handler(entries) else { throw Enough() }
                        return deliveries.map { _ in .ack }
                    }
                } catch is Enough {}
            }
            group.addTask { try await watch.untilIdle(for: patience) }
            try await group.next()
            group.cancelAll()
            // What a consumer that is cancelled still throws is news; that it was cancelled is not.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        try Task.checkCancellation()
    }

    private struct Enough: Error {}
}

/// Notices when nothing has come for a while.
private final class IdleWatch: Sendable {
    /// When work ended last; nil: it goes on.
    private let idleSince = Mutex<ContinuousClock.Instant?>(.now)

    func begin() { idleSince.withLock { $0 = nil } }

    func end() { idleSince.withLock { $0 = .now } }

    func untilIdle(for patience: Duration) async throws {
        while true {
            let since = idleSince.withLock { $0 } ?? .now
            guard ContinuousClock.now - since < patience else { return }
            try await Task.sleep(until: since + patience, clock: .continuous)
        }
    }
}
