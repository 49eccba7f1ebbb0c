import GRDB

extension DatabaseMigrator {
    /// What an office's worker keeps of its own; never to be edited once released.
    mutating func registerReplica6() {
        registerMigration("replica 6") { db in
            try db.execute(
                sql: """
                    -- Events that wait to be tried again, or behind one of the same record that does.
                    CREATE TABLE waiting (
                        subject TEXT    NOT NULL,
                        place   INTEGER NOT NULL,  -- in the order of publication
                        event   TEXT    NOT NULL,
                        version TEXT    NOT NULL,
                        due     INTEGER NOT NULL,  -- when it should come back; microseconds since 1970
                        PRIMARY KEY (subject, place)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
