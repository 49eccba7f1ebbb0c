import GRDB
public import Lockstep
import Synchronization

extension SQLiteOutbox: OutboxListing {
    public func rows(
        _ state: OutboxRow.State, after position: OutboxPosition?, limit: Int
    ) async throws(LockstepError) -> [OutboxRow] {
        let after = position?.number ?? 0
        if let database = session.withLock({ $0?.database }) ?? settings.replica {
            return try await database.read { db in try OutboxTable(db: db).rows(state, after: after, limit: limit) }
        }
        let database = try StoreDatabase.openExisting(path, kind: .outbox, busyTimeout: settings.busyTimeout)
        defer { try? database.close() }
        return try database.setUp { db in
            let table = OutboxTable(db: db)
            guard try table.release() != nil else { throw Self.missing(path) }
            return try table.rows(state, after: after, limit: limit)
        }
    }
}

extension OutboxTable {
    private static let listed = "position, id, type, subject, scope, written_at, reason"

    /// Those that wait; each question has its index.
    static let waitingRows = """
        SELECT \(listed) FROM lockstep_outbox WHERE outcome IS NULL AND position > ? ORDER BY position LIMIT ?
        """
    /// Those that are stuck for one reason.
    static let stuckRows = """
        SELECT \(listed) FROM lockstep_outbox
        WHERE settled_at IS NULL AND outcome IS NOT NULL AND outcome = ? AND position > ? ORDER BY position LIMIT ?
        """

    func rows(_ state: OutboxRow.State, after position: Int64, limit: Int) throws -> [OutboxRow] {
        let isWaiting = state == .waiting
        let statement = try db.cachedStatement(sql: isWaiting ? Self.waitingRows : Self.stuckRows)
        let range: [(any DatabaseValueConvertible)?] = [position, max(limit, 0)]
        let arguments = StatementArguments(isWaiting ? range : [state.rawValue] + range)
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let writtenAt: Int64? = row[5]
            return OutboxRow(
                position: OutboxPosition(row[0]), state: state, id: row[1], type: row[2] as String? ?? "",
                subject: row[3] as String? ?? "", scope: row[4],
                writtenAt: writtenAt.map { Timestamp(microseconds: $0 * 1000) }, reason: row[6])
        }
    }
}
