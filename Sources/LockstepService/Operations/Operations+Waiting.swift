import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ

extension Operations {
    /// How often the ledger's file is looked at.
    private static let pause = Duration.milliseconds(50)
    /// How many events are looked up at once.
    private static let batch = 1_000

    /// Makes sure that somebody keeps the ledger, and that its file is here, before anything is published.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `storeUnavailable` that says what is missing.
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
        let start = ContinuousClock.now
        var wait = OfficeWait(events, subscriptions: configuration.offices)
        while true {
            wait.take(try await Self.entries(of: wait.pending, reader))
            guard !wait.pending.isEmpty, start.duration(to: .now) < limit else { break }
            try await Task.sleep(for: Self.pause)
        }
        let rest = try await Self.entries(of: wait.pending, reader)
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
