import GRDB

extension DatabaseMigrator {
    /// The first table of a clock; never to be edited once released.
    mutating func registerClock1() {
        registerMigration("clock 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE clocks (
                        origin TEXT NOT NULL PRIMARY KEY,
                        last   TEXT NOT NULL  -- the newest version given out
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
