import GRDB
public import Lockstep

// GRDB has a class of this name.
public import struct Lockstep.Record

/// Reads an office's replica without ever writing to it, also while a worker does.
public final class OfficeReader: Sendable {
    let database: StoreDatabase

    /// Opens an office's file.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/ward-3.sqlite`.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where no worker has made the file yet; `storeUnavailable`, `storeCorrupt`,
    ///   `storeTooNew`.
    public init(path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        database = try .openToRead(path, kind: .replica, busyTimeout: busyTimeout, migrator: .replica)
    }

    /// What the replica holds, and what became of its events.
    public func statistics() async throws(LockstepError) -> OfficeStatistics {
        try await database.read { db in
            let table = StatisticsTable(db: db)
            let outcomes = try MergeOutcome.allCases.map { ($0, try table.count(Counter($0))) }
            let deleted = try Int.fetchOne(db, sql: "SELECT count(*) FROM records WHERE deleted") ?? 0
            let bookings = try BookingTable(db: db).counts()
            return OfficeStatistics(
                records: try Int.fetchOne(db, sql: "SELECT count(*) FROM records").map { $0 - deleted } ?? 0,
                deleted: deleted,
                calendarEntries: try Int.fetchOne(db, sql: "SELECT count(*) FROM calendar") ?? 0,
                bookings: bookings.all,
                refusedBookings: bookings.refused,
                outcomes: Dictionary(uniqueKeysWithValues: outcomes),
                refused: try table.count(.refused),
                retried: try table.count(.retried),
                lastApplied: try table.lastApplied(),
                delays: try table.delays()
            )
        }
    }

    /// The calendar's entries, the earliest first, those without a date last.
    ///
    /// - Parameter limit: How many at most; nil: all of them.
    public func calendar(limit: Int? = nil) async throws(LockstepError) -> [CalendarEntry] {
        // To SQLite, a negative limit is none.
        try await database.read { db in try CalendarTable(db: db).entries(limit: limit.map { max($0, 0) } ?? -1) }
    }

    /// All records, by subject.
    public var records: StoredRecords { StoredRecords(database: database) }

    /// The conflicts that the office knows of, those that were first seen last before the others.
    ///
    /// - Parameters:
    ///   - states: How those stand that are wanted.
    ///   - limit: How many at most; nil: all of them.
    public func conflicts(
        _ states: Set<StoredConflict.State> = [.open, .decided], limit: Int? = nil
    ) async throws(LockstepError) -> [StoredConflict] {
        try await database.read { db in
            try ConflictTable(db: db).list(states, limit: limit.map { max($0, 0) } ?? -1)
        }
    }

    /// One conflict by its name, or by how its name begins.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is none, or more than one.
    public func conflict(_ id: String) async throws(LockstepError) -> StoredConflict {
        try await database.read { db in try ConflictTable(db: db).one(id) }
    }

    /// How the outbox of the office's own changes is doing.
    public func outbox() async throws(LockstepError) -> OutboxStatus? {
        try await database.read { db in
            let table = OutboxTable(db: db)
            return try table.release() == nil ? nil : try table.status()
        }
    }

    /// One record with each field's values and their versions; nil if the office has never heard of it.
    public func record(_ subject: Subject) async throws(LockstepError) -> Record? {
        try await database.read { db in
            let loaded = try RecordTable(db: db).load(subject)
            return loaded.row == nil ? nil : loaded.record
        }
    }

    /// A record's booking; nil if it books nothing.
    public func booking(_ subject: Subject) async throws(LockstepError) -> StoredBooking? {
        try await database.read { db in try BookingTable(db: db).load(subject) }
    }
}
