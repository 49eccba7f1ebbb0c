import GRDB
public import Lockstep

extension SQLiteSubscriptions {
    private static let columns =
        "id, kind, office, person, reason, state, done, total, begun, ended, result, problem"

    /// Keeps an operation that begins.
    ///
    /// - Parameters:
    ///   - before: Those that ended before then are forgotten.
    ///   - most: So many are kept at most, the newest.
    /// - Throws: `refused` where one goes on that this one ``StoredOperation/excludes(_:)``; it names that one.
    public func begin(
        _ operation: StoredOperation, forgettingThoseEnded before: Timestamp, most: Int
    ) async throws(LockstepError) {
        try await database.write { db in
            let running = try Self.fetch(db, "WHERE state = 'running'", [])
            if let other = running.first(where: { operation.excludes($0) }) {
                throw LockstepError(
                    .refused,
                    "the same goes on already, as the operation '\(other.id)' that \(other.person) has begun; wait for its end, "
                        + "or have it stopped")
            }
            try db.execute(
                sql: """
                    DELETE FROM operations WHERE state <> 'running' AND (ended < ? OR id IN
                        (SELECT id FROM operations ORDER BY begun DESC, id DESC LIMIT -1 OFFSET ?))
                    """, arguments: [before.microseconds, max(0, most - 1)])
            try db.execute(
                sql: "DELETE FROM stops WHERE operation NOT IN (SELECT id FROM operations WHERE state = 'running')")
            try Self.save(operation, in: db)
        }
    }

    /// Notes that an operation is to be stopped, for the hub that carries it out.
    ///
    /// - Returns: Whether it goes on still.
    public func wantStopped(_ id: String) async throws(LockstepError) -> Bool {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO stops (operation)
                        SELECT id FROM operations WHERE id = ? AND state = 'running'
                    """, arguments: [id])
            return try Self.isWantedStopped(id, db)
        }
    }

    /// Whether somebody wants an operation stopped.
    public func isWantedStopped(_ id: String) async throws(LockstepError) -> Bool {
        try await database.read { try Self.isWantedStopped(id, $0) }
    }

    private static func isWantedStopped(_ id: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM stops WHERE operation = ?)", arguments: [id]) ?? false
    }

    /// Keeps an operation as it is now.
    public func save(_ operation: StoredOperation) async throws(LockstepError) {
        try await database.write { try Self.save(operation, in: $0) }
    }

    /// Ends all that go on as interrupted: whoever did them is no more.
    ///
    /// - Returns: How many those were.
    @discardableResult
    public func interruptAll(at moment: Timestamp, because problem: String) async throws(LockstepError) -> Int {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE operations SET state = 'interrupted', ended = ?, problem = ? WHERE state = 'running'",
                arguments: [moment.microseconds, problem])
            return db.changesCount
        }
    }

    /// The operations, those that began last before the others, after some that are passed over.
    public func operations(skipping skipped: Int = 0, limit: Int) async throws(LockstepError) -> [StoredOperation] {
        try await database.read { db in
            guard try db.tableExists("operations") else { return [] }
            return try Self.fetch(db, "ORDER BY begun DESC, id DESC LIMIT ? OFFSET ?", [limit, skipped])
        }
    }

    /// One operation; nil: there is none of this name, or it is forgotten.
    public func operation(_ id: String) async throws(LockstepError) -> StoredOperation? {
        try await database.read { db in
            try db.tableExists("operations") ? Self.fetch(db, "WHERE id = ?", [id]).first : nil
        }
    }

    private static func save(_ operation: StoredOperation, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO operations (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                operation.id, operation.kind, operation.office?.text, operation.person, operation.reason,
                operation.state.rawValue, operation.done, operation.total, operation.begun.microseconds,
                operation.ended?.microseconds, operation.result, operation.problem,
            ])
    }

    private static func fetch(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [StoredOperation] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM operations \(condition)", arguments: arguments).map { row in
            var operation = StoredOperation(
                id: row[0], kind: row[1], office: try (row[2] as String?).map { try OfficeName($0) }, person: row[3],
                reason: row[4], begun: Timestamp(microseconds: row[8]))
            operation.state = StoredOperation.State(rawValue: row[5]) ?? .interrupted
            (operation.done, operation.total) = (row[6], row[7])
            operation.ended = (row[9] as Int64?).map { Timestamp(microseconds: $0) }
            (operation.result, operation.problem) = (row[10], row[11])
            return operation
        }
    }
}
