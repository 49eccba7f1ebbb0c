import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ
import Synchronization

extension Operations {
    /// How often the ledger's file is looked at.
    private static let pause = Duration.milliseconds(50)
    /// How many events are waited for at once, at the most: some ten megabytes.
    public static let mostPending = 50_000
    /// How many events are looked up at once.
    private static let batch = 1_000

    /// Makes sure that somebody keeps the ledger, and that its file is here, before anything is published.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable` that says what is missing.
    public func checkLedger() async throws {
        let isKept = try await withClient("publish") { client in
            try await client.inspect(queue: BrokerName.ledger).map { $0.consumers > 0 } ?? false
        }
        guard isKept else {
            throw LockstepError(
                .storeUnavailable,
                "No ledger is running, so nobody would say who has it; nothing was published. "
                    + "Start one with 'lockstep ledger', or leave --wait out."
            )
        }
        guard FileManager.default.fileExists(atPath: configuration.ledgerFile) else {
            throw LockstepError(
                .storeUnavailable,
                "The ledger is not kept at \(configuration.ledgerFile); nothing was published. --wait reads its file: "
                    + "run it on the ledger's machine, with the same state directory."
            )
        }
    }

    /// Waits until every subscribed office has answered for every event, or the time is over.
    ///
    /// Looks at the ledger's file again and again, as it is written by another process; a look costs some microseconds
    /// an event, and only for those that are not answered for yet.
    public func wait(for events: [AwaitedEvent], within limit: Duration) async throws -> WaitReport {
        let reader = try ledgerReader()
        defer { try? reader.close() }
        return try await Self.wait(OfficeWait(events, subscriptions: configuration.offices), within: limit, reader)
    }

    /// Publishes every good line of an input as ``publish(from:progress:bad:published:pacing:)`` does, and waits as
    /// ``wait(for:within:)`` does.
    ///
    /// While ``mostPending`` events wait for an answer nothing more is published: they are all kept in memory.
    ///
    /// - Parameter limit: How long to wait after the last event; and before that, for answers to those that are too many.
    /// - Throws: ``/Lockstep/LockstepError``: `refused` where the answers to those do not come; the rest of the input was not
    ///   published then.
    public func publish(
        from input: EventInput, waiting limit: Duration,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void,
        bad: @escaping @Sendable (BadLine) -> Void
    ) async throws -> (summary: PublishSummary, offices: WaitReport) {
        try await publish(from: input, waiting: limit, atMost: Self.mostPending, progress: progress, bad: bad)
    }

    func publish(
        from input: EventInput, waiting limit: Duration, atMost most: Int,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in },
        bad: @escaping @Sendable (BadLine) -> Void = { _ in }
    ) async throws -> (summary: PublishSummary, offices: WaitReport) {
        let reader = try ledgerReader()
        defer { try? reader.close() }
        let wait = Mutex(OfficeWait(subscriptions: configuration.offices))
        let summary = try await publish(from: input, progress: progress, bad: bad) { event in
            wait.withLock { $0.add(AwaitedEvent(event)) }
        } pacing: {
            let start = ContinuousClock.now
            while case let pending = wait.withLock(\.pending), pending.count >= most {
                let entries = try await Self.entries(of: pending, reader)
                wait.withLock { $0.take(entries) }
                guard wait.withLock(\.pending.count) >= most else { return }
                guard start.duration(to: .now) < limit else { throw Self.tooMany(most) }
                try await Task.sleep(for: Self.pause)
            }
        }
        return (summary, try await Self.wait(wait.withLock(\.self), within: limit, reader))
    }

    private static func tooMany(_ most: Int) -> LockstepError {
        LockstepError(
            .refused,
            "The offices have not answered for \(most) events in time, and no more are waited for at once; the rest "
                + "of the input was not published. Allow more time with --wait=DURATION, or publish without --wait.")
    }

    private static func wait(
        _ wait: OfficeWait, within limit: Duration, _ reader: SQLiteLedgerReader
    ) async throws -> WaitReport {
        var wait = wait
        let start = ContinuousClock.now
        while true {
            wait.take(try await entries(of: wait.pending, reader))
            guard !wait.pending.isEmpty, start.duration(to: .now) < limit else { break }
            try await Task.sleep(for: pause)
        }
        let rest = try await entries(of: wait.pending, reader)
        return wait.report(rest, milliseconds: Int(start.duration(to: .now) / .milliseconds(1)))
    }

    private static func entries(
        of events: [AwaitedEvent], _ reader: SQLiteLedgerReader
    ) async throws -> [LedgerEntry?] {
        var entries: [LedgerEntry?] = []
        for start in stride(from: 0, to: events.count, by: batch) {
            let part = events[start..<min(start + batch, events.count)]
            entries += try await reader.entries(of: part.map { (id: $0.id, version: $0.version) })
        }
        return entries
    }
}
