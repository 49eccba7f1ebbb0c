import GRDB
public import Lockstep

extension SQLiteAudit {
    /// What is said of an action that has not ended.
    public static let unended = "begun, and not ended: it was interrupted, or it goes on"

    /// Notes what an operator wants to be done, before anything of it is.
    ///
    /// Until it is ended, ``actions(until:)`` lists it as ``unended``: whoever is killed meanwhile leaves it so.
    /// - Returns: What names it.
    public func begin(_ action: OperatorAction) async throws(LockstepError) -> Int64 {
        let events = Self.text(of: action.events)
        return try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO begun (at, person, action, office, events, detail, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    action.at.microseconds, action.person, action.action, action.target, events, action.detail,
                    action.reason,
                ])
            return db.lastInsertedRowID
        }
    }

    /// Notes what was done of what was begun.
    ///
    /// - Parameter actions: What was done; none: nothing was.
    public func end(_ begun: Int64, with actions: [OperatorAction]) async throws(LockstepError) {
        try await database.write { db in
            for action in actions { try Self.insert(action, into: db) }
            try db.execute(sql: "DELETE FROM begun WHERE id = ?", arguments: [begun])
        }
    }

    /// The actions up to a moment that have not ended.
    static func begun(until moment: Timestamp, in db: Database) throws -> [OperatorAction] {
        // A file that an older release has written has none.
        guard try db.tableExists("begun") else { return [] }
        return try Row.fetchAll(
            db,
            sql: "SELECT at, person, action, office, detail, reason, events FROM begun WHERE at <= ? ORDER BY at, id",
            arguments: [moment.microseconds]
        ).map { row in
            let detail: String? = row[4]
            var action = OperatorAction(
                at: Timestamp(microseconds: row[0]), person: row[1], action: row[2], target: row[3], count: 0,
                detail: unended + (detail.map { "; \($0)" } ?? ""), reason: row[5])
            action.events = try JSONText(parsing: row[6] as String).elements?.map(\.displayText)
            return action
        }
    }
}
