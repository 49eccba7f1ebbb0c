import GRDB
import Lockstep

/// The table `conflicts` of a replica.
struct ConflictTable {
    let db: Database

    private static let columns = """
        id, subject, field, state, contents, policy, shown, opened_at, settled_by, event, settled_at, person, reason
        """

    /// The conflicts of a record that nothing has settled.
    func unsettled(_ subject: Subject) throws -> [StoredConflict] {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM conflicts WHERE subject = ? AND state <> 'settled'")
        return try Row.fetchAll(statement, arguments: [subject.text]).map(StoredConflict.init)
    }

    /// Carries out what a change of a record means.
    ///
    /// - Parameter former: What ``unsettled(_:)`` said before.
    func apply(_ changes: ConflictChanges, former: [StoredConflict], of subject: Subject, at now: Timestamp) throws {
        func opened(_ field: String) -> Timestamp { former.first { $0.conflict.field == field }?.openedAt ?? now }
        for field in changes.closedFields + changes.changed.map(\.field) { try removeUnsettled(subject, field) }
        for conflict in changes.opened + changes.changed { try insert(conflict, openedAt: opened(conflict.field)) }
        for settlement in changes.ended + changes.settled {
            try insert(settlement, openedAt: opened(settlement.conflict.field), at: now)
        }
    }

    private func removeUnsettled(_ subject: Subject, _ field: String) throws {
        try db.cachedStatement(sql: "DELETE FROM conflicts WHERE subject = ? AND field = ? AND state <> 'settled'")
            .execute(arguments: [subject.text, field])
    }

    private func insert(_ conflict: Conflict, openedAt: Timestamp) throws {
        let state: StoredConflict.State = conflict.isOpen ? .open : .decided
        try insert(conflict, state, openedAt, [nil, nil, nil, nil, nil])
    }

    /// What is there already stays: each event tells the same again.
    private func insert(_ settlement: ConflictSettlement, openedAt: Timestamp, at now: Timestamp) throws {
        try insert(
            settlement.conflict, .settled, openedAt,
            [
                settlement.by.description, settlement.event?.text, (settlement.time ?? now).rfc3339, settlement.person,
                settlement.reason,
            ]
        )
    }

    private func insert(
        _ conflict: Conflict, _ state: StoredConflict.State, _ openedAt: Timestamp, _ settlement: [String?]
    ) throws {
        let columns: [String?] = [
            conflict.id, conflict.subject.text, conflict.field, state.rawValue,
            Conflict.Value.json(of: conflict.values).text, conflict.policy, conflict.shown.description,
            openedAt.rfc3339,
        ]
        try db.cachedStatement(
            sql: """
                INSERT INTO conflicts (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """
        ).execute(arguments: StatementArguments(columns + settlement))
    }

    /// Conflicts, the one that was first seen last before the others.
    ///
    /// - Parameter limit: How many at most; negative: all.
    func list(_ states: Set<StoredConflict.State>, limit: Int) throws -> [StoredConflict] {
        let wanted = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(Self.columns) FROM conflicts WHERE state IN (\(wanted))
                ORDER BY opened_at DESC, subject, field, id LIMIT ?
                """,
            arguments: [limit])
        return try rows.map(StoredConflict.init)
    }

    /// The conflict whose name begins like this.
    ///
    /// - Throws: `notFound` where there is none, or more than one.
    func one(_ prefix: String) throws -> StoredConflict {
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(Self.columns) FROM conflicts WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2",
            arguments: [prefix])
        guard let row = rows.first, !prefix.isEmpty else {
            throw LockstepError(
                .notFound,
                "there is no conflict '\(prefix)', or it has other values by now, and with them another name; list them"
            )
        }
        guard rows.count == 1 else {
            throw LockstepError(.notFound, "the names of several conflicts begin with '\(prefix)'; give more of it")
        }
        return try StoredConflict(row: row)
    }
}

extension StoredConflict {
    fileprivate init(row: Row) throws {
        let state: String = row[3]
        guard let state = State(rawValue: state),
            let values = Conflict.Value.all(in: try JSONText(parsing: row[4] as String)),
            let openedAt = Timestamp(rfc3339: row[7] as String)
        else {
            throw LockstepError(.storeCorrupt, "a row of the table 'conflicts' cannot be read; the replica is damaged")
        }
        id = row[0]
        self.state = state
        self.openedAt = openedAt
        conflict = Conflict(
            subject: try Subject(row[1] as String), field: row[2], values: values, policy: row[5],
            shown: try Version(row[6] as String), isOpen: state == .open)
        if let by: String = row[8] {
            settlement = ConflictSettlement(
                conflict, by: try Version(by), event: try (row[9] as String?).map { try EventID($0) },
                time: (row[10] as String?).flatMap { Timestamp(rfc3339: $0) }, person: row[11], reason: row[12])
        }
    }
}
