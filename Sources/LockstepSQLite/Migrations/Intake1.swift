import GRDB

extension DatabaseMigrator {
    /// The first table of a hub's intake, beside its outbox; never to be edited once released.
    mutating func registerIntake1() {
        registerMigration("intake 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE intake (
                        source      TEXT    NOT NULL,
                        id          TEXT    NOT NULL,
                        digest      BLOB    NOT NULL,  -- of what was given: another event must not have the same id
                        version     TEXT    NOT NULL,
                        accepted_at INTEGER NOT NULL,  -- microseconds since 1970
                        PRIMARY KEY (source, id)
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX intake_by_id ON intake (id);
                    CREATE INDEX intake_by_time ON intake (accepted_at);
                    """
            )
        }
    }
}
