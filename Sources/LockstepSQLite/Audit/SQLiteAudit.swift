import GRDB
public import Lockstep

/// What is kept for auditors in one SQLite file: which reports were made, and what operators did.
///
/// Several processes may write to it. Errors are ``/Lockstep/LockstepError``, as ``SQLiteReplica``'s.
public final class SQLiteAudit: Sendable {
    let database: StoreDatabase

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: The file, like `state/audit.sqlite`; its directory is made, too.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    /// - Throws: `storeUnavailable`, `storeCorrupt`, `storeTooNew`, `storeFull` or `storeFailed`.
    public init(path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        database = try .open(path, kind: .audit, journal: .truncate, busyTimeout: busyTimeout, migrator: .audit)
    }

    /// Opens the file only to read it.
    ///
    /// - Throws: `notFound` where no report was made here yet; otherwise as ``init(path:busyTimeout:)``.
    public init(reading path: String, busyTimeout: Duration = .seconds(5)) throws(LockstepError) {
        do throws(LockstepError) {
            database = try .openToRead(path, kind: .audit, busyTimeout: busyTimeout, migrator: .audit)
        } catch  where error.code == .notFound {
            // The first release's file has all reports; whoever next writes to it adds what is new.
            var first = DatabaseMigrator()
            first.registerAudit1()
            database = try .openToRead(path, kind: .audit, busyTimeout: busyTimeout, migrator: first)
        }
    }

    /// Enters a report into the register.
    ///
    /// - Parameter report: Makes the entry from the next number and the digest of the report before; called once, while
    ///   nobody else can enter one.
    /// - Returns: The entry.
    public func register(
        _ report: @escaping @Sendable (_ number: Int, _ previous: String?) -> RegisteredReport
    ) async throws(LockstepError) -> RegisteredReport {
        try await database.write { db in
            let last = try Row.fetchOne(db, sql: "SELECT number, digest FROM reports ORDER BY number DESC LIMIT 1")
            let entry = report((last?[0] ?? 0) + 1, last?[1])
            try db.execute(
                sql: "INSERT INTO reports (number, made, form, content, previous, digest) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    entry.number, entry.made.microseconds, entry.form, entry.content, entry.previous, entry.digest,
                ])
            return entry
        }
    }

    /// All reports that were made, by number.
    public func reports() async throws(LockstepError) -> [RegisteredReport] {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT number, made, form, content, previous, digest FROM reports ORDER BY number")
            return rows.map { row in
                RegisteredReport(
                    number: row[0], made: Timestamp(microseconds: row[1]), form: row[2], content: row[3],
                    previous: row[4], digest: row[5])
            }
        }
    }

    /// Notes what an operator did.
    public func note(_ action: OperatorAction) async throws(LockstepError) {
        try await database.write { try Self.insert(action, into: $0) }
    }

    static func insert(_ action: OperatorAction, into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO actions (at, person, action, office, count, events, detail, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                action.at.microseconds, action.person, action.action, action.target, action.count,
                text(of: action.events), action.detail, action.reason,
            ])
    }

    /// Ids as JSON.
    static func text(of events: [String]?) -> String {
        events.map { "[" + $0.map { JSONText(string: $0).text }.joined(separator: ",") + "]" } ?? "null"
    }

    /// What operators did up to a moment, the first before the others; what has not ended comes last.
    public func actions(until moment: Timestamp) async throws(LockstepError) -> [OperatorAction] {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT at, person, action, office, count, detail, reason, events FROM actions WHERE at <= ?
                    ORDER BY at, id
                    """,
                arguments: [moment.microseconds])
            let ended = try rows.map { row in
                var action = OperatorAction(
                    at: Timestamp(microseconds: row[0]), person: row[1], action: row[2], target: row[3], count: row[4],
                    detail: row[5], reason: row[6])
                action.events = try JSONText(parsing: row[7] as String).elements?.map(\.displayText)
                return action
            }
            return try ended + Self.begun(until: moment, in: db)
        }
    }

    /// Closes the file; later calls throw `storeUnavailable`.
    public func close() throws(LockstepError) {
        try database.close()
    }
}
