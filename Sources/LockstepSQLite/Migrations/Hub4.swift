import GRDB

extension DatabaseMigrator {
    /// The operations that somebody outside of the hub's process wants stopped; never to be edited once released.
    mutating func registerHub4() {
        registerMigration("hub 4") { db in
            try db.execute(
                sql: """
                    CREATE TABLE stops (
                        operation TEXT NOT NULL PRIMARY KEY
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
