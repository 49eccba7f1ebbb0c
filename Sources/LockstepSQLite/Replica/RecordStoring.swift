import GRDB
import Lockstep

/// Stores records in the table `records`, any number of them in one transaction.
struct RecordStoring {
    private let db: Database
    private let update: DirectStatement
    private let insertion: DirectStatement

    init(_ db: Database) throws {
        self.db = db
        update = try DirectStatement(db, sql: Self.updating)
        insertion = try DirectStatement(db, sql: Self.inserting)
    }

    private static let updating = """
        UPDATE records SET version = ?1, deleted = ?2, data = ?3, types = ?4, registers = ?5,
            unpushed = unpushed OR version IS NOT ?1 OR data IS NOT ?3, type = ?7, scope = ?8, routes = ?9,
            written = written + 1
        WHERE id = ?6
        """

    private static let inserting = """
        INSERT INTO records (version, deleted, data, types, registers, subject, type, scope, routes, place, unpushed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
        """

    /// Stores a record.
    ///
    /// Its version may stay the same while it shows something else: an older change of another field may come late.
    /// So what is still to be pushed is told by both.
    /// - Returns: The number of its row.
    func store(_ loaded: LoadedRecord, registers: [UInt8]) throws -> Int64 {
        let data = loaded.data?.utf8
        try (loaded.row == nil ? insertion : update).run { row in
            row.set(1, to: loaded.version.description)
            row.set(2, to: data == nil)
            row.set(3, toText: data)
            row.set(4, to: loaded.record.typesText)
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
        return loaded.row?.id ?? db.lastInsertedRowID
    }
}
