public import GRDB
public import Lockstep
import Synchronization

/// An outbox in a core app's own SQLite database: events are written in the transaction that changes what they are about.
///
/// ```swift
/// let outbox = SQLiteOutbox(path: "permits.sqlite", origin: try Origin("core"))
/// try database.write { db in
///     try db.execute(sql: "UPDATE permits SET status = 'Issued' WHERE number = ?", arguments: [number])
///     try outbox.append(EventDraft(issued, about: permit, ["status": "Issued"]), in: db)
/// }
/// ```
///
/// Other programs, in whatever language, `INSERT INTO lockstep_outbox (type, subject, scope, data)`: id, version, time
/// and source are filled in by the database. Give it to an ``/Lockstep/OutboxRelay`` to publish from this process; else
/// `lockstep relay` does it. Either has the file open beside the core app: give its connection a busy timeout (in GRDB
/// `configuration.busyMode = .timeout(20)`), or its commits fail where they meet. All of an origin's changes must go through the same outbox: it keeps the origin's clock.
public final class SQLiteOutbox: Sendable {
    let path: String
    let settings: Settings
    let bell = OutboxBell()
    /// There while a relay works on this outbox.
    let session = Mutex<OutboxSession?>(nil)
    /// Whether the transaction that is open rings the bell when it commits.
    private let willRing = Mutex(false)

    struct Settings {
        let schema: OutboxSchema
        let clock: WallClock
        let busyTimeout: Duration
        let safetyLook: Duration
        /// The connection of the replica that the outbox is in; nil: the file is somebody else's.
        var replica: StoreDatabase?
    }

    /// An outbox; no file is touched before it is used.
    ///
    /// - Parameters:
    ///   - path: The core app's database file, for a relay in this process.
    ///   - origin: Who makes the changes.
    ///   - maximumEventSize: The most bytes of one event, data and attributes together.
    ///   - clock: What the relay notes its times by; versions and ids go by the machine's.
    ///   - busyTimeout: How long one step of the relay waits for a lock of the core app's before it backs off.
    ///   - safetyLook: How often the relay looks without having been woken.
    public init(
        path: String,
        origin: Origin,
        maximumEventSize: Int = 1 << 20,
        clock: WallClock = .system,
        busyTimeout: Duration = .seconds(1),
        safetyLook: Duration = .seconds(5)
    ) {
        self.path = path
        settings = Settings(
            schema: OutboxSchema(origin: origin, maximumEventSize: maximumEventSize),
            clock: clock, busyTimeout: busyTimeout, safetyLook: safetyLook
        )
    }

    /// The outbox in a replica's own file, for the changes that are made in its office.
    ///
    /// Its relay works on the replica's connection, and is not woken by every write of the worker's: whoever writes an
    /// event touches the file of the relay's lock.
    init(
        in replica: StoreDatabase, origin: Origin, clock: WallClock, busyTimeout: Duration,
        safetyLook: Duration = .seconds(5)
    ) {
        path = replica.path
        settings = Settings(
            // SQLite's own limit: what an event may have is held against the configuration, which may change.
            schema: OutboxSchema(origin: origin, maximumEventSize: 1_000_000_000),
            clock: clock, busyTimeout: busyTimeout, safetyLook: safetyLook, replica: replica
        )
    }

    /// Makes the outbox's tables in the core app's database, all of them named `lockstep_outbox…`.
    ///
    /// To be called in a migration, or each time that the app starts: what is there already stays, only the origin, the
    /// limit of an event's size and what this release knows of rows that are no events are noted anew.
    /// - Throws: ``/Lockstep/LockstepError``.
    public func install(in db: Database) throws {
        try translated {
            let table = OutboxTable(db: db)
            if let release = try table.release(), release > OutboxSchema.release { throw Self.tooNew(path) }
            try settings.schema.install(in: db)
        }
    }

    /// Makes the outbox's tables in the core app's database, with a connection of its own.
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where there is no such file.
    public func install() throws(LockstepError) {
        try withOwnConnection { db in try install(in: db) }
    }

    /// Makes the tables in the replica's file, unless they are there for this office.
    func installInReplica() throws(LockstepError) {
        guard let replica = settings.replica else {
            preconditionFailure("only a replica has its outbox in its own file")
        }
        let schema = settings.schema
        let isThere = try replica.setUp { db in
            try OutboxTable(db: db).origin() == schema.origin.text && schema.hasTriggers(in: db)
        }
        if !isThere { try install() }
    }

    /// Puts back what was refused or unrouted, to be published again; returns how many rows.
    ///
    /// - Throws: ``/Lockstep/LockstepError``.
    public func retry() throws(LockstepError) -> Int {
        try withOwnConnection { db in try translated { try OutboxTable(db: db).retry() } }
    }

    private func withOwnConnection<Value>(_ body: (Database) throws -> Value) throws(LockstepError) -> Value {
        if let replica = settings.replica { return try Self.transaction(on: replica, body) }
        let database = try StoreDatabase.openExisting(path, kind: .outbox, busyTimeout: settings.busyTimeout)
        defer { try? database.close() }
        return try Self.transaction(on: database, body)
    }

    private static func transaction<Value>(
        on database: StoreDatabase, _ body: (Database) throws -> Value
    ) throws(LockstepError) -> Value {
        try database.setUpWriting { db in
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try body(db)
                return .commit
            }
            guard let value else { preconditionFailure("a transaction that committed has run its body") }
            return value
        }
    }

    /// Writes an event in the transaction that the connection is in; it is published once that has committed.
    ///
    /// It belongs to the trace of `ServiceContext.current`, unless it says of itself to which.
    /// - Throws: ``/Lockstep/LockstepError``: `eventTooLarge`, or what kept the row from being written; then the
    ///   transaction should be rolled back, as it would be without the event.
    public func append(_ draft: EventDraft, in db: Database) throws {
        let draft = draft.carryingTrace()
        try draft.check(largest: settings.schema.maximumEventSize)
        try translated {
            let table = OutboxTable(db: db)
            // A change is newer than all that it has seen; but what is far ahead of any clock is not followed.
            let latest = WallClock.system.now.milliseconds + OutboxSchema.furthestAhead
            if let newest = draft.seen.newestReading(notAfter: latest) { try table.observe(newest) }
            try table.insert(draft)
        }
        CrashPoint.appended.pass()
        ringAfterCommit(of: db)
    }

    /// Wakes the relay of this process, once a transaction; one of another process hears of the write to the file.
    private func ringAfterCommit(of db: Database) {
        let isTied = willRing.withLock { willRing in
            defer { willRing = true }
            return willRing
        }
        guard !isTied else { return }
        db.afterNextTransaction(
            onCommit: { _ in
                CrashPoint.appendCommitted.pass()
                self.willRing.withLock { $0 = false }
                self.ring()
            },
            onRollback: { _ in self.willRing.withLock { $0 = false } }
        )
    }

    /// Wakes a relay in this process, and that of a replica's outbox in whichever process it is.
    private func ring() {
        bell.ring()
        // In another file than a replica's, it hears of the write itself.
        if settings.replica != nil, session.withLock({ $0 == nil }) { RelayLock.touch(beside: path) }
    }

    /// SQLite's errors in Lockstep's terms.
    func translated<Value>(_ body: () throws -> Value) throws(LockstepError) -> Value {
        do {
            return try body()
        } catch let error as LockstepError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            let reason = (error.message ?? "").replacing("CHECK constraint failed: ", with: "")
            throw LockstepError(.invalidEvent, "the outbox refuses the event: \(reason)")
        } catch let error as DatabaseError where error.message?.hasPrefix("no such table: lockstep_outbox") == true {
            throw Self.missing(path)
        } catch {
            throw LockstepError(.outbox, at: path, error)
        }
    }

    static func missing(_ path: String) -> LockstepError {
        LockstepError(
            .notFound,
            "there is no outbox in '\(path)'; the core app makes it, or 'lockstep outbox install' does"
        )
    }

    static func tooNew(_ path: String) -> LockstepError {
        LockstepError(
            .storeTooNew,
            "the outbox in '\(path)' was made by a newer release; run that release or a later one"
        )
    }
}
