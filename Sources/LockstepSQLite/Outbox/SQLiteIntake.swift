import FoundationEssentials
import GRDB
public import Lockstep

/// What strangers give a hub to publish: an outbox in a file of its own that takes each event once.
///
/// Whoever sends an event and hears no answer sends it again: by its source and id it is known, and is not published a
/// second time. Several processes may use the file. Errors are ``/Lockstep/LockstepError``, as ``SQLiteReplica``'s.
public final class SQLiteIntake: Sendable {
    /// An event that is to be taken in.
    public struct Submission: Sendable {
        /// The event, with its source and its id.
        public var draft: EventDraft
        /// A digest of what was given.
        public var digest: [UInt8]

        /// An event.
        public init(_ draft: EventDraft, digest: [UInt8]) {
            self.draft = draft
            self.digest = digest
        }
    }

    /// What the intake knows of an event.
    public struct Acceptance: Sendable, Hashable {
        /// Its id.
        public var id: EventID
        /// Who made the change.
        public var source: Origin
        /// The version that it has.
        public var version: Version
        /// When it was taken in.
        public var acceptedAt: Timestamp
        /// Whether it had been taken in before.
        public var isRepeated: Bool
    }

    /// Why events were not taken in; none of them was.
    public struct Refusal: Error, Sendable {
        /// Which of them, and why.
        public var reasons: [(index: Int, error: LockstepError)]
        /// Whether the only reason is that other events have these ids.
        public var isConflict: Bool
    }

    /// What a relay works on.
    public let outbox: SQLiteOutbox
    private let database: StoreDatabase
    private let group: GroupCommit<[Submission], Result<[Acceptance], Refusal>>

    /// How many calls share a transaction at most: each may bring a batch.
    private static let mostCalls = 64

    /// How far a version may be ahead of this machine's clock: one clock serves all origins, and must not be driven
    /// to its end by one of them.
    private static let lead = Duration.seconds(300)

    /// Opens the file, or makes it, with its directory.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/hub-outbox.sqlite`.
    ///   - origin: Who makes the changes of events without a source; there are none.
    ///   - maximumEventSize: The most bytes of one event, data and attributes together.
    ///   - keep: How long an event is known after it was taken in.
    ///   - clock: What times are noted by.
    ///   - busyTimeout: How long to wait for other processes.
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeFull`, `storeTooNew` or `storeFailed`.
    public init(
        path: String,
        origin: Origin,
        maximumEventSize: Int = 1 << 20,
        keep: Duration = .seconds(7 * 86_400),
        clock: WallClock = .system,
        busyTimeout: Duration = .seconds(5)
    ) throws(LockstepError) {
        outbox = SQLiteOutbox(path: path, origin: origin, maximumEventSize: maximumEventSize)
        let database = try StoreDatabase.open(
            path, kind: .outbox, journal: .truncate, busyTimeout: busyTimeout, migrator: .intake)
        let outbox = outbox
        try database.setUp { db in
            try db.inTransaction(.immediate) {
                try outbox.install(in: db)
                return .commit
            }
        }
        self.database = database
        group = GroupCommit(most: Self.mostCalls) { calls in
            let now = clock.now
            return try await database.write { db in
                let results = try calls.map { try Self.accept($0, into: outbox, db, at: now) }
                try Self.forget(db, before: now.advanced(by: .zero - keep))
                return results
            }
        }
    }

    /// Takes events in, all of them or none, on disk before this returns; a relay is woken.
    ///
    /// Calls that come while another one is written share a transaction; what one of them is refused is no other's concern.
    ///
    /// - Throws: ``Refusal``, or ``/Lockstep/LockstepError``: what kept the file from being written. Nothing was written then.
    public func accept(_ submissions: [Submission]) async throws -> [Acceptance] {
        try await group(submissions).get()
    }

    private static func accept(
        _ submissions: [Submission], into outbox: SQLiteOutbox, _ db: Database, at now: Timestamp
    ) throws -> Result<[Acceptance], Refusal> {
        var accepted: [Acceptance] = []
        var refusal = Refusal(reasons: [], isConflict: true)
        // What is bad is found before anything is written: a row that was written cannot be taken back alone.
        for (index, submission) in submissions.enumerated() {
            do throws(LockstepError) {
                try check(submission.draft, at: now)
            } catch {
                refusal.reasons.append((index, error))
                refusal.isConflict = false
            }
        }
        guard refusal.reasons.isEmpty else { return .failure(refusal) }
        try db.inSavepoint {
            for (index, submission) in submissions.enumerated() {
                do {
                    accepted.append(try take(submission, into: outbox, db, at: now))
                } catch let error as LockstepError where !error.mayPass {
                    refusal.reasons.append((index, error))
                    if error.code != .invalidName { refusal.isConflict = false }
                }
            }
            return refusal.reasons.isEmpty ? .commit : .rollback
        }
        return refusal.reasons.isEmpty ? .success(accepted) : .failure(refusal)
    }

    /// What is known of the events of an id: one for each source that gave it.
    public func acceptances(of id: EventID) async throws(LockstepError) -> [Acceptance] {
        try await database.read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT version, accepted_at, source FROM intake WHERE id = ? ORDER BY source")
            return try Row.fetchAll(statement, arguments: [id.text]).map { row in
                Acceptance(
                    id: id, source: try Origin(row[2]), version: try Version(row[0] as String),
                    acceptedAt: Timestamp(microseconds: row[1]), isRepeated: true)
            }
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }

    private static func check(_ draft: EventDraft, at now: Timestamp) throws(LockstepError) {
        guard draft.id != nil, draft.source != nil else {
            preconditionFailure("whoever submits an event to the intake has given it a source and an id")
        }
        let newest = max(draft.version?.reading ?? ClockReading(0), draft.seen.newestReading ?? ClockReading(0))
        guard newest.milliseconds <= now.advanced(by: lead).milliseconds else {
            throw LockstepError(
                .invalidVersion,
                "the event's recordversion or recordseen lies more than five minutes in the future; set the clock of the "
                    + "machine that makes them, or leave recordversion out")
        }
    }

    private static func take(
        _ submission: Submission, into outbox: SQLiteOutbox, _ db: Database, at now: Timestamp
    ) throws -> Acceptance {
        let draft = submission.draft
        guard let id = draft.id, let source = draft.source else { preconditionFailure("checked above") }
        let known = try db.cachedStatement(
            sql: "SELECT digest, version, accepted_at FROM intake WHERE source = ? AND id = ?")
        if let row = try Row.fetchOne(known, arguments: [source.text, id.text]) {
            guard row[0] as Data == Data(submission.digest) else {
                throw LockstepError(
                    .invalidName,
                    "another event of this source has this id already; an id names one event for ever (CloudEvents 1.0)"
                )
            }
            return Acceptance(
                id: id, source: source, version: try Version(row[1] as String),
                acceptedAt: Timestamp(microseconds: row[2]), isRepeated: true)
        }
        try outbox.append(draft, in: db)
        let written = try db.cachedStatement(sql: "SELECT version FROM lockstep_outbox WHERE position = ?")
        guard let version = try String.fetchOne(written, arguments: [db.lastInsertedRowID]) else {
            preconditionFailure("the row that was written is there")
        }
        try db.cachedStatement(
            sql: "INSERT INTO intake (source, id, digest, version, accepted_at) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [source.text, id.text, Data(submission.digest), version, now.microseconds])
        return Acceptance(
            id: id, source: source, version: try Version(version), acceptedAt: now, isRepeated: false)
    }

    /// Forgets some of what is old, with each intake: never much at once.
    private static func forget(_ db: Database, before moment: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM intake WHERE (source, id) IN (
                    SELECT source, id FROM intake WHERE accepted_at < ? ORDER BY accepted_at LIMIT 200)
                """
        ).execute(arguments: [moment.microseconds])
    }
}
