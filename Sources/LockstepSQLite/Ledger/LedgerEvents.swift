import GRDB
import Lockstep

/// The table `events` of a ledger.
struct LedgerEvents {
    let db: Database

    /// The columns of what is known of a publication, seven.
    static let publication = "source, type, scope, accepted, answered, publication, reason"
    /// The columns of an event, eleven.
    static let columns = "events.id, event, version, subject, \(publication)"
    static let byID = "SELECT \(columns) FROM events WHERE event = ? ORDER BY version DESC"
    static let byVersion = "SELECT \(columns) FROM events WHERE event = ? AND version = ?"
    static let bySubject = "SELECT \(columns) FROM events WHERE subject = ? ORDER BY version DESC LIMIT ?"
    /// Events after one of them, by record, and each record's by version.
    static let after = """
        SELECT \(columns) FROM events WHERE (subject, version, id) > (?1, ?2, ?3) ORDER BY subject, version, id LIMIT ?4
        """
    static let old = "SELECT id, heard, subject FROM events WHERE heard < ? ORDER BY heard LIMIT ?"

    /// The row of an event, and when the ledger heard of it first; a new one where it has not yet.
    func row(
        _ event: EventID, _ version: Version, _ subject: Subject, heard: Timestamp
    ) throws -> (row: Int64, heard: Int64) {
        let version = version.description
        let selection = try DirectStatement(db, sql: "SELECT id, heard FROM events WHERE event = ? AND version = ?")
        let found = try selection.first {
            $0.set(1, to: event.text)
            $0.set(2, to: version)
        } _: {
            (row: $0.number(0), heard: $0.number(1))
        }
        if let found { return found }
        let insertion = try DirectStatement(
            db, sql: "INSERT INTO events (event, version, subject, heard) VALUES (?, ?, ?, ?)")
        try insertion.run {
            $0.set(1, to: event.text)
            $0.set(2, to: version)
            $0.set(3, to: subject.text)
            $0.set(4, to: heard.microseconds)
        }
        return (db.lastInsertedRowID, heard.microseconds)
    }

    /// What is known of an event's publication.
    func publication(_ row: Int64) throws -> PublicationState? {
        let statement = try DirectStatement(db, sql: "SELECT \(Self.publication) FROM events WHERE id = ?")
        return try statement.first {
            $0.set(1, to: row)
        } _: {
            try Self.publication($0, from: 0)
        } ?? nil
    }

    func store(_ publication: PublicationState, _ row: Int64) throws {
        let statement = try DirectStatement(
            db,
            sql: """
                UPDATE events SET source = ?, type = ?, scope = ?, accepted = ?, answered = ?, publication = ?, reason = ?
                WHERE id = ?
                """)
        let (code, reason) = publication.outcome.stored
        try statement.run {
            $0.set(1, to: publication.source.text)
            $0.set(2, to: publication.type.text)
            $0.set(3, to: publication.scope?.text)
            $0.set(4, to: publication.acceptedAt.microseconds)
            $0.set(5, to: publication.at.microseconds)
            $0.set(6, to: code)
            $0.set(7, to: reason)
            $0.set(8, to: row)
        }
    }

    /// The entries that one of the selections above finds, with what the offices have said.
    func entries(_ sql: String, binding bind: (DirectStatement.Bindings) -> Void) throws -> [LedgerEntry] {
        try rows(sql, binding: bind).map(\.entry)
    }

    /// The entries that one of the selections above finds, each with its row.
    func rows(
        _ sql: String, binding bind: (DirectStatement.Bindings) -> Void
    ) throws -> [(row: Int64, entry: LedgerEntry)] {
        var found: [(row: Int64, entry: LedgerEntry)] = []
        try DirectStatement(db, sql: sql).each(binding: bind) { row in
            if let entry = try Self.entry(row) { found.append((row.number(0), entry)) }
        }
        let deliveries = LedgerDeliveries(db: db)
        return try found.map { row, entry in
            var entry = entry
            entry.deliveries = try deliveries.all(of: row)
            return (row, entry)
        }
    }

    /// What stands in the columns of ``columns``, without what the offices have said.
    static func entry(_ row: DirectStatement.Columns) throws -> LedgerEntry? {
        guard let event = row.text(1), let version = row.text(2), let subject = row.text(3) else { return nil }
        return LedgerEntry(
            event: try EventID(event), subject: try Subject(subject), version: try Version(version),
            publication: try publication(row, from: 4))
    }

    /// What stands in the columns of ``publication``, beginning with this one.
    static func publication(
        _ row: DirectStatement.Columns, from first: Int32
    ) throws -> PublicationState? {
        guard let source = row.text(first), let type = row.text(first + 1), let code = row.optionalNumber(first + 5)
        else { return nil }
        return PublicationState(
            source: try Origin(source),
            type: try EventType(type),
            scope: try row.text(first + 2).map { text throws(LockstepError) in try Scope(text) },
            acceptedAt: Timestamp(microseconds: row.number(first + 3)),
            at: Timestamp(microseconds: row.number(first + 4)),
            outcome: PublishOutcome(stored: code, row.text(first + 6))
        )
    }
}

extension PublishOutcome {
    fileprivate var stored: (code: Int64, reason: String?) {
        switch self {
        case .confirmed: (0, nil)
        case .unrouted: (1, nil)
        case .refused(let reason): (2, reason)
        }
    }

    fileprivate init(stored code: Int64, _ reason: String?) {
        switch code {
        case 0: self = .confirmed
        case 1: self = .unrouted
        default: self = .refused(reason ?? "")
        }
    }
}
