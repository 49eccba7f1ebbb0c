import GRDB
public import Lockstep

/// A conflict as an office's replica has recorded it.
public struct RecordedConflict: Sendable, Hashable {
    /// Its name, the same in every office.
    public var id: String
    /// The record.
    public var subject: Subject
    /// The field; empty: whether the record exists.
    public var field: String
    /// `open`: a person has to settle it; `decided`: the policy shows one of the values; `settled`: by a change.
    public var state: String
    /// The values with their versions, as a JSON array of objects.
    public var values: JSONText
    /// Which policy chooses what is shown.
    public var policy: String
    /// Which of the values was shown.
    public var shown: String
    /// When this office first saw it.
    public var openedAt: Timestamp
    /// The version of the change that settled it; nil, as all below: it is not settled.
    public var settledBy: String?
    /// When it was settled.
    public var settledAt: Timestamp?
    /// Who decided; nil also where nobody said so.
    public var person: String?
    /// Why; nil also where nobody said so.
    public var reason: String?

    /// A conflict that is not settled.
    public init(
        id: String, subject: Subject, field: String, state: String, values: JSONText, policy: String, shown: String,
        openedAt: Timestamp
    ) {
        self.id = id
        self.subject = subject
        self.field = field
        self.state = state
        self.values = values
        self.policy = policy
        self.shown = shown
        self.openedAt = openedAt
    }
}

extension OfficeReader {
    /// All conflicts that the replica has recorded, by record, field and name; none where it records none.
    public func recordedConflicts() async throws(LockstepError) -> [RecordedConflict] {
        try await database.read { db in
            guard try db.tableExists("conflicts") else { return [] }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, subject, field, state, contents, policy, shown, opened_at, settled_by, settled_at, person,
                        reason
                    FROM conflicts ORDER BY subject, field, id
                    """)
            return try rows.compactMap { row in
                guard let openedAt = Timestamp(rfc3339: row[7] as String) else { return nil }
                var conflict = RecordedConflict(
                    id: row[0], subject: try Subject(row[1] as String), field: row[2], state: row[3],
                    values: try JSONText(parsing: row[4] as String), policy: row[5], shown: row[6],
                    openedAt: openedAt)
                conflict.settledBy = row[8]
                conflict.settledAt = (row[9] as String?).flatMap { Timestamp(rfc3339: $0) }
                conflict.person = row[10]
                conflict.reason = row[11]
                return conflict
            }
        }
    }
}
