import GRDB
import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// The table `records` of a replica.
struct RecordTable {
    let db: Database

    /// The record as it was stored, or one that nobody has heard of.
    func load(_ subject: Subject) throws -> LoadedRecord {
        let selection = try DirectStatement(
            db, sql: "SELECT id, registers, type, scope, unpushed, routes FROM records WHERE subject = ?")
        let found = try selection.first {
            $0.set(1, to: subject.text)
        } _: { row in
            let original = row.bytes(1)
            return LoadedRecord(
                try Record(subject: subject, encoded: original),
                row: LoadedRecord.Row(
                    id: row.number(0), type: row.text(2), scope: row.text(3), isUnpushed: row.number(4) != 0),
                original: original, routes: RecordRoutes(row.text(5)))
        }
        return found ?? LoadedRecord(Record(subject: subject))
    }

    private static let update = """
        UPDATE records SET version = ?1, deleted = ?2, data = ?3, types = ?4, registers = ?5,
            unpushed = unpushed OR version IS NOT ?1 OR data IS NOT ?3, type = ?7, scope = ?8, routes = ?9,
            written = written + 1
        WHERE id = ?6
        """

    private static let insertion = """
        INSERT INTO records (version, deleted, data, types, registers, subject, type, scope, routes, place, unpushed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
        """

    /// Stores a record.
    ///
    /// Its version may stay the same while it shows something else: an older change of another field may come late.
    /// So what is still to be pushed is told by both.
    func store(_ loaded: LoadedRecord, registers: [UInt8]) throws {
        let data = loaded.data?.utf8
        let statement = try DirectStatement(db, sql: loaded.row == nil ? Self.insertion : Self.update)
        try statement.run { row in
            row.set(1, to: loaded.version.description)
            row.set(2, to: data == nil)
            row.set(3, toText: data)
            row.set(4, to: loaded.record.types.joined(separator: " "))
            row.set(5, to: registers)
            row.set(7, to: loaded.type)
            row.set(8, to: loaded.scope)
            row.set(9, to: loaded.routes.text)
            if let stored = loaded.row {
                row.set(6, to: stored.id)
            } else {
                row.set(6, to: loaded.record.subject.text)
                row.set(10, to: Int64(DriftPlace(of: loaded.record.subject).bits))
            }
        }
    }

    /// Takes out a record of which nothing is left.
    func remove(_ subject: Subject) throws {
        try db.cachedStatement(sql: "DELETE FROM records WHERE subject = ?").execute(arguments: [subject.text])
    }

    /// What an adapter has not been told of a record.
    func unpushed(_ subject: Subject) throws -> Change? {
        let statement = try db.cachedStatement(
            sql: "SELECT version, data, types FROM records WHERE subject = ? AND unpushed"
        )
        guard let row = try Row.fetchOne(statement, arguments: [subject.text]) else { return nil }
        let version: String = row[0]
        let data: String? = row[1]
        let types: String = row[2]
        return Change(
            subject: subject,
            version: try Version(version),
            data: try data.map { text throws(LockstepError) in try JSONObject(parsing: text) },
            types: types.split(separator: " ").map(String.init)
        )
    }

    /// Notes that an adapter need not be told of a record as it stands now: its own system made the change.
    func markKnown(_ subject: Subject) throws {
        try db.cachedStatement(sql: "UPDATE records SET pushed = version, unpushed = 0 WHERE subject = ?")
            .execute(arguments: [subject.text])
    }

    /// Notes that an adapter has taken a change; if the record has moved on since, it is still to be pushed.
    func markPushed(_ change: Change) throws {
        try db.cachedStatement(
            sql: """
                UPDATE records SET pushed = ?1, unpushed = version IS NOT ?1 OR data IS NOT ?2
                WHERE subject = ?3 AND unpushed
                """
        ).execute(arguments: [change.version.description, change.data?.text, change.subject.text])
    }
}
