import GRDB

@testable import LockstepSQLite

extension SQLiteReplica {
    /// Sets or reads a pragma of the replica's own connection.
    @discardableResult
    func pragma(_ text: String) async throws -> Int? {
        try await database.writer.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA \(text)") }
    }
}
