public import Lockstep

/// Reads a ledger without ever writing to it, also while it is kept.
public final class SQLiteLedgerReader: LedgerReader {
    let database: StoreDatabase

    /// Opens a ledger's file.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/ledger.sqlite`.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where no ledger has made the file yet; `storeUnavailable`,
    ///   `storeCorrupt`, `storeTooNew`.
    public init(path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        database = try .openToRead(path, kind: .ledger, busyTimeout: busyTimeout, migrator: .ledger)
    }

    public func entries(of event: EventID) async throws(LockstepError) -> [LedgerEntry] {
        try await database.read { db in
            try LedgerEvents(db: db).entries(LedgerEvents.byID) { $0.set(1, to: event.text) }
        }
    }

    public func entries(about subject: Subject, limit: Int) async throws(LockstepError) -> [LedgerEntry] {
        try await database.read { db in
            try LedgerEvents(db: db).entries(LedgerEvents.bySubject) {
                $0.set(1, to: subject.text)
                $0.set(2, to: Int64(max(limit, 0)))
            }
        }
    }

    public func holdings(of subject: Subject) async throws(LockstepError) -> [OfficeName: Holding] {
        try await database.read { db in try LedgerHoldings(db: db).all(of: subject) }
    }

    public func entries(
        of events: [(id: EventID, version: Version)]
    ) async throws(LockstepError) -> [LedgerEntry?] {
        try await database.read { db in
            let table = LedgerEvents(db: db)
            return try events.map { event in
                try table.entries(LedgerEvents.byVersion) {
                    $0.set(1, to: event.id.text)
                    $0.set(2, to: event.version.description)
                }.first
            }
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }
}
