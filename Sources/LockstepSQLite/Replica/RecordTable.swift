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
                row: LoadedRecord.Row(id: row.number(0), type: row.text(2), scope: row.text(3)),
                isUnpushed: row.number(4) != 0, original: original, routes: RecordRoutes(row.text(5)))
        }
        return found ?? LoadedRecord(subject)
    }

    /// Stores a record, see ``RecordStoring``.
    func store(_ loaded: LoadedRecord, registers: [UInt8]) throws {
        _ = try RecordStoring(db).store(loaded, registers: registers)
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
