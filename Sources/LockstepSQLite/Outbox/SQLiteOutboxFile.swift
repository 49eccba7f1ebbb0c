import GRDB
public import Lockstep

/// An outbox in a file of its own, for apps that keep their data elsewhere: what is appended is on disk before it is
/// published.
///
/// It is not written in the transaction that makes the change; an app with an SQLite database of its own has that from
/// ``SQLiteOutbox``.
public final class SQLiteOutboxFile: Sendable {
    /// What a relay works on.
    public let outbox: SQLiteOutbox
    private let database: StoreDatabase

    /// Opens the file, or makes it, with its directory.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/outbox.sqlite`; several processes may use it.
    ///   - origin: Who makes the changes.
    ///   - maximumEventSize: The most bytes of one event, data and attributes together.
    ///   - busyTimeout: How long to wait for other processes.
    /// - Throws: ``/Lockstep/LockstepError``: `storeUnavailable`, `storeCorrupt`, `storeFull`, `storeTooNew` or `storeFailed`.
    public init(
        path: String,
        origin: Origin,
        maximumEventSize: Int = 1 << 20,
        busyTimeout: Duration = .seconds(5)
    ) throws(LockstepError) {
        outbox = SQLiteOutbox(path: path, origin: origin, maximumEventSize: maximumEventSize)
        database = try .open(
            path, kind: .outbox, journal: .truncate, busyTimeout: busyTimeout, migrator: DatabaseMigrator())
        let outbox = outbox
        try database.setUp { db in
            try db.inTransaction(.immediate) {
                try outbox.install(in: db)
                return .commit
            }
        }
    }

    /// Writes events in one transaction, on disk before this returns; a relay is woken.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `eventTooLarge`, `invalidEvent`, or what kept the file from being written. Nothing was
    ///   written then.
    public func append(_ drafts: [EventDraft]) async throws(LockstepError) {
        guard !drafts.isEmpty else { return }
        let outbox = outbox
        try await database.write { db in
            for draft in drafts { try outbox.append(draft, in: db) }
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }
}
