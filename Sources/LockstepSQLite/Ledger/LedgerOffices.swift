import GRDB
import Lockstep

/// The table `offices` of a ledger.
struct LedgerOffices {
    let db: Database

    /// The number of an office; a new one where it has not been heard of yet.
    func number(of office: OfficeName) throws -> Int64 {
        let selection = try DirectStatement(db, sql: "SELECT id FROM offices WHERE name = ?")
        if let found = try selection.first(binding: { $0.set(1, to: office.text) }, { $0.number(0) }) { return found }
        try DirectStatement(db, sql: "INSERT INTO offices (name) VALUES (?)").run { $0.set(1, to: office.text) }
        return db.lastInsertedRowID
    }

    /// Those that have ever spoken.
    func all() throws -> [OfficeName] {
        let rows = """
            SELECT name FROM offices
            WHERE last_held IS NOT NULL OR EXISTS (SELECT 1 FROM standings WHERE standings.office = offices.id)
            """
        var offices: [OfficeName] = []
        try DirectStatement(db, sql: rows).each { _ in
        } _: { row in
            if let name = row.text(0) { offices.append(try OfficeName(name)) }
        }
        return offices
    }
}
