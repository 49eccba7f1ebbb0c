import GRDB

extension DatabaseMigrator {
    /// What a replica remembers of records that were posted to it; never to be edited once released.
    mutating func registerReplica5() {
        registerMigration("replica 5") { db in
            try db.execute(
                sql: """
                    CREATE TABLE posted (
                        subject TEXT    NOT NULL PRIMARY KEY,
                        version TEXT    NOT NULL,
                        sent    INTEGER NOT NULL  -- by its sender's clock, microseconds since 1970
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
