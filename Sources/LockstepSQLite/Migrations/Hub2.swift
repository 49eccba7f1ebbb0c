import GRDB

extension DatabaseMigrator {
    /// What the hub does while nobody waits for it; never to be edited once released.
    mutating func registerHub2() {
        registerMigration("hub 2") { db in
            try db.execute(
                sql: """
                    CREATE TABLE operations (
                        id      TEXT    NOT NULL PRIMARY KEY,
                        kind    TEXT    NOT NULL,  -- like 'migration'
                        office  TEXT,              -- whose; NULL: of all
                        person  TEXT    NOT NULL,
                        reason  TEXT    NOT NULL,
                        state   TEXT    NOT NULL,  -- running, done, failed, cancelled or interrupted
                        done    INTEGER NOT NULL,  -- how much of it
                        total   INTEGER,           -- of how much; NULL: nobody knows
                        begun   INTEGER NOT NULL,  -- as all times, microseconds since 1970
                        ended   INTEGER,
                        result  TEXT,              -- JSON: what came of it
                        problem TEXT               -- why it did not come to its end
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX operations_by_time ON operations (begun);
                    """
            )
        }
    }
}
