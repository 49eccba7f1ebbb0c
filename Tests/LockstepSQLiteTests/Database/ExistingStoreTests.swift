import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// A file that belongs to somebody else.
struct ExistingStoreTests {
    /// SQLite's documentation: without a log, NORMAL may damage the file when the power fails.
    @Test(arguments: [("wal", 1), ("delete", 2), ("truncate", 2)])
    func commitsAreSyncedUnlessTheJournalIsALog(_ journal: String, _ level: Int) async throws {
        try await withTemporaryDirectory { directory in
            let app = try CoreApp(directory, journal: journal)
            let database = try StoreDatabase.openExisting(app.path, kind: .outbox, busyTimeout: .seconds(1))
            #expect(try database.setUp { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") } == level)
            try database.close()
        }
    }
}
