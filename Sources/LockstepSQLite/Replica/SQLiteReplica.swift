public import Lockstep
public import Logging

/// An office's replica in one SQLite file: its records, its calendar and its statistics.
///
/// A batch is one transaction, on disk before ``merge(_:)`` returns (`synchronous=FULL`). One process, the office's worker,
/// takes events in. Others may make changes beside it, see ``init(beside:office:calendar:conflicts:peers:maximumEventSize:clock:busyTimeout:)``,
/// and any number may read, with ``OfficeReader`` or plain SQL. Errors are ``/Lockstep/LockstepError``:
///
/// | code | what happened | what helps |
/// |---|---|---|
/// | `storeUnavailable` | another process holds the lock, or the file may not be written | try again |
/// | `storeFull` | the disk is full | try again |
/// | `storeFailed` | a read, write or fsync failed; everything later fails, too | end the process and start again |
/// | `storeCorrupt` | the file is damaged | a person |
/// | `storeTooNew` | a newer release wrote the file | a person |
public final class SQLiteReplica: ReplicaStore {
    /// Where the changes wait that are made in the office: an ``/Lockstep/OutboxRelay`` publishes them.
    public let outbox: SQLiteOutbox
    let database: StoreDatabase
    let view: ReplicaView
    let clock: WallClock
    let origin: Origin
    let maximumEventSize: Int
    private let memory = HeldMemory()

    /// Opens an office's file, or makes it.
    ///
    /// After an abrupt end the whole file is checked first. If the calendar's mappings or the conflict policy are other
    /// than last time, all records are shown anew. Both take time by the number of records.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/ward-3.sqlite`; its directory is made, too.
    ///   - office: Whose replica it is.
    ///   - calendar: How records become entries of the calendar.
    ///   - conflicts: What is shown of concurrent changes.
    ///   - peers: The other offices that are known here, so that not all of them announce an open conflict.
    ///   - maximumEventSize: The most bytes of a change that is made in the office, data and attributes together.
    ///   - clock: What the delays are measured by, and what the office's own versions go by.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    ///   - safetyLook: How often the relay of the outbox looks without having been woken.
    ///   - logger: Told when all records are shown anew.
    /// - Throws: See the table above.
    public init(
        path: String,
        office: OfficeName,
        calendar: [CalendarMapping],
        conflicts: ConflictPolicy = .newest,
        peers: [Subscription] = [],
        maximumEventSize: Int = 1 << 20,
        clock: WallClock = .system,
        busyTimeout: Duration = .seconds(1),
        safetyLook: Duration = .seconds(5),
        logger: Logger
    ) throws(LockstepError) {
        database = try .open(path, kind: .replica, journal: .wal, busyTimeout: busyTimeout, migrator: .replica)
        origin = try Origin(office.text)
        outbox = SQLiteOutbox(
            in: database, origin: origin, clock: clock, busyTimeout: busyTimeout, safetyLook: safetyLook)
        view = ReplicaView(
            office: office, conflicts: conflicts, calendar: calendar,
            announcement: ConflictAnnouncement(office: office, peers: peers), outbox: outbox)
        self.maximumEventSize = maximumEventSize
        self.clock = clock
        try outbox.installInReplica()
        var logger = logger
        logger[metadataKey: LogKey.office] = "\(office)"
        try showAnew(logger)
        try database.setUp { db in try DigestTable(db: db).complete() }
    }

    /// Opens an office's file to make changes in it, beside the office's worker or while that is not at work.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/ward-3.sqlite`.
    ///   - office: Whose replica it is.
    ///   - calendar: As the office's worker has it.
    ///   - conflicts: As the office's worker has it.
    ///   - peers: The other offices that are known here.
    ///   - maximumEventSize: The most bytes of a change, data and attributes together.
    ///   - clock: What the office's own versions go by.
    ///   - busyTimeout: How long to wait while the worker writes.
    /// - Throws: `notFound` where no worker has made the file yet; `invalidConfiguration` where its worker shows the records
    ///   in another way; else see the table above.
    public init(
        beside path: String,
        office: OfficeName,
        calendar: [CalendarMapping],
        conflicts: ConflictPolicy = .newest,
        peers: [Subscription] = [],
        maximumEventSize: Int = 1 << 20,
        clock: WallClock = .system,
        busyTimeout: Duration = .seconds(5)
    ) throws(LockstepError) {
        database = try .openBeside(path, kind: .replica, busyTimeout: busyTimeout, migrator: .replica)
        origin = try Origin(office.text)
        outbox = SQLiteOutbox(in: database, origin: origin, clock: clock, busyTimeout: busyTimeout)
        view = ReplicaView(
            office: office, conflicts: conflicts, calendar: calendar,
            announcement: ConflictAnnouncement(office: office, peers: peers), outbox: outbox)
        self.maximumEventSize = maximumEventSize
        self.clock = clock
        let view = view
        guard try database.setUp({ db in try Reshowing(db: db, view: view).isUpToDate }) else {
            throw LockstepError(
                .invalidConfiguration,
                "the worker of '\(office)' shows its records with another calendar or conflict policy than is given here; "
                    + "restart it if the configuration has changed, or give the same")
        }
        try outbox.installInReplica()
    }

    public func merge(_ arrivals: [Arrival]) async throws(LockstepError) -> [Acceptance] {
        guard !arrivals.isEmpty else { return [] }
        let (view, clock) = (view, clock)
        return try await database.write { db in
            var transaction = ReplicaTransaction(db, view: view, clock: clock, memory: try self.memory.take(db))
            let acceptances = try transaction.merge(arrivals)
            CrashPoint.merged.pass()
            return (acceptances, transaction.memory)
        } committed: { db, merged in
            try self.memory.put(merged.1, db)
            return merged.0
        }
    }

    public func unpushed(among subjects: Set<Subject>) async throws(LockstepError) -> [Change] {
        guard !subjects.isEmpty else { return [] }
        return try await database.read { db in
            let records = RecordTable(db: db)
            return try subjects.sorted().compactMap(records.unpushed)
        }
    }

    public func markPushed(_ changes: [Change]) async throws(LockstepError) {
        guard !changes.isEmpty else { return }
        try await database.write { db in
            // It says nothing of what was pushed.
            let memory = try self.memory.take(db)
            let records = RecordTable(db: db)
            for change in changes { try records.markPushed(change) }
            return memory
        } committed: { db, memory in
            try self.memory.put(memory, db)
        }
    }

    /// Reads the whole file and looks for damage.
    ///
    /// - Throws: `storeCorrupt`, or what kept the file from being read.
    public func check() async throws(LockstepError) {
        let database = database
        try await database.read { db in try database.check(db) }
    }

    /// Closes the file, so that the next start need not check it; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }

    private func showAnew(_ logger: Logger) throws(LockstepError) {
        let (view, now) = (view, clock.now)
        let done = try database.setUpWriting { db in try Reshowing(db: db, view: view).run(at: now) }
        guard let done, done.records > 0 else { return }
        logger.info(
            "Showed all records anew, as the calendar or the conflict policy has changed",
            metadata: [LogKey.records: "\(done.records)", LogKey.refused: "\(done.refused)"]
        )
    }
}
