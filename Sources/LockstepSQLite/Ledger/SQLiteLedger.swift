import GRDB
public import Lockstep

/// The ledger in one SQLite file.
///
/// Reports are on disk before ``take(_:)`` returns (`synchronous=FULL`). One process writes to the file; any number may
/// read it meanwhile, with ``SQLiteLedgerReader``. Errors are ``/Lockstep/LockstepError``, as ``SQLiteReplica``'s.
public final class SQLiteLedger: LedgerStore {
    let database: StoreDatabase
    private let clock: WallClock

    /// Opens a ledger's file, or makes it.
    ///
    /// After an abrupt end the whole file is checked first.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/ledger.sqlite`; its directory is made, too.
    ///   - clock: What says when the ledger heard of an event.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeTooNew`, `storeFull` or `storeFailed`.
    public init(
        path: String, clock: WallClock = .system, busyTimeout: Duration = .seconds(1)
    ) throws(LockstepError) {
        database = try .open(path, kind: .ledger, journal: .wal, busyTimeout: busyTimeout, migrator: .ledger)
        self.clock = clock
    }

    public func take(_ reports: [LedgerReport]) async throws(LockstepError) {
        guard !reports.isEmpty else { return }
        let now = clock.now
        try await database.write { db in
            var tally = TallyChanges(try LedgerBeginnings(db: db).all())
            for report in reports {
                switch report {
                case .receipts(let batch): try Self.enter(batch, db, at: now, &tally)
                case .publications(let report): try Self.enter(report, db, at: now, &tally)
                }
            }
            try tally.write(db)
        }
    }

    private static func enter(
        _ batch: ReceiptBatch, _ db: Database, at now: Timestamp, _ tally: inout TallyChanges
    ) throws {
        guard !batch.receipts.isEmpty else { return }
        let events = LedgerEvents(db: db)
        let deliveries = LedgerDeliveries(db: db)
        let office = try LedgerOffices(db: db).number(of: batch.office)
        for receipt in batch.receipts {
            let (row, heard) = try events.row(receipt.event, receipt.version, receipt.subject, heard: now)
            let state = DeliveryState(receipt, at: batch.at)
            guard let change = try deliveries.join(state, event: row, office: office) else { continue }
            if change.after.done != nil, change.before?.done == nil {
                try LedgerHoldings(db: db).note(row, about: receipt.subject, office: office)
            }
            let event = TallyChanges.Event(try events.publication(row), heard: heard)
            if let before = change.before { tally.count(before, office: office, of: event, times: -1) }
            tally.count(change.after, office: office, of: event, times: 1)
        }
    }

    private static func enter(
        _ report: PublicationReport, _ db: Database, at now: Timestamp, _ tally: inout TallyChanges
    ) throws {
        let events = LedgerEvents(db: db)
        for entry in report.entries {
            let (row, heard) = try events.row(entry.event, entry.version, entry.subject, heard: now)
            var publication = PublicationState(entry, in: report)
            let known = try events.publication(row)
            if let known {
                publication.join(known)
                if publication == known { continue }
            }
            try events.store(publication, row)
            let before = TallyChanges.Event(known, heard: heard)
            let after = TallyChanges.Event(publication, heard: heard)
            guard before != after else { continue }
            tally.count(before, times: -1)
            tally.count(after, times: 1)
            // What offices have said of it before is counted anew.
            for (office, state) in try LedgerDeliveries(db: db).numbered(of: row) {
                tally.count(state, office: office, of: before, times: -1)
                tally.count(state, office: office, of: after, times: 1)
            }
        }
    }

    public func purge(before: Timestamp, limit: Int) async throws(LockstepError) -> Int {
        try await database.write { db in
            var rows: [(row: Int64, heard: Int64, subject: String)] = []
            try DirectStatement(db, sql: LedgerEvents.old).each {
                $0.set(1, to: before.microseconds)
                $0.set(2, to: Int64(limit))
            } _: {
                rows.append(($0.number(0), $0.number(1), $0.text(2) ?? ""))
            }
            let deliveries = try DirectStatement(db, sql: "DELETE FROM deliveries WHERE event = ?")
            let events = try DirectStatement(db, sql: "DELETE FROM events WHERE id = ?")
            let beginnings = LedgerBeginnings(db: db)
            var tally = TallyChanges(try beginnings.all())
            for (row, heard, subject) in rows {
                let event = TallyChanges.Event(try LedgerEvents(db: db).publication(row), heard: heard)
                tally.count(event, times: -1)
                let states = try LedgerDeliveries(db: db).numbered(of: row)
                for (office, state) in states { tally.count(state, office: office, of: event, times: -1) }
                try deliveries.run { $0.set(1, to: row) }
                try events.run { $0.set(1, to: row) }
                for (office, state) in states where state.done != nil {
                    try LedgerHoldings(db: db).forget(row, about: subject, office: office)
                }
            }
            try tally.write(db)
            try beginnings.purge(before: before)
            return rows.count
        }
    }

    /// Notes who subscribes to what; what is known already costs nothing.
    ///
    /// An office is expected to have the events that the ledger hears of from then on, and not those that were there
    /// before it wanted them: they were never brought to its queue.
    ///
    /// - Parameter subscriptions: All of them: whoever is missing wants nothing any more.
    public func note(_ subscriptions: [Subscription]) async throws(LockstepError) {
        let now = clock.now
        try await database.write { db in try LedgerBeginnings(db: db).note(subscriptions, at: now) }
    }

    /// Closes the file, so that the next start need not check it; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }
}
