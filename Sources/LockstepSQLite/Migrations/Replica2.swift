import GRDB

extension DatabaseMigrator {
    /// What a replica needs for changes that are made in its office, and for its ledger of conflicts; never to be edited
    /// once released.
    mutating func registerReplica2() {
        registerMigration("replica 2") { db in
            try db.execute(
                sql: """
                    ALTER TABLE records ADD COLUMN type TEXT;   -- of the newest event about it
                    ALTER TABLE records ADD COLUMN scope TEXT;  -- likewise

                    CREATE TABLE conflicts (
                        id         TEXT NOT NULL PRIMARY KEY,
                        subject    TEXT NOT NULL,
                        field      TEXT NOT NULL,  -- empty: whether the record exists
                        state      TEXT NOT NULL,  -- open, decided (by the policy) or settled (by a change)
                        contents   TEXT NOT NULL,  -- JSON: the values with their versions
                        policy     TEXT NOT NULL,
                        shown      TEXT NOT NULL,  -- the version of the value that was shown
                        opened_at  TEXT NOT NULL,  -- when it was first seen here
                        settled_by TEXT,           -- the version of the change that settled it
                        event      TEXT,           -- the id of that change's event, where it told of the conflict
                        settled_at TEXT,           -- when that change was made; else when it was taken in here
                        person     TEXT,
                        reason     TEXT
                    ) STRICT, WITHOUT ROWID;

                    CREATE UNIQUE INDEX conflicts_unsettled ON conflicts (subject, field) WHERE state <> 'settled';
                    CREATE INDEX conflicts_by_subject ON conflicts (subject, field);
                    CREATE INDEX conflicts_by_time ON conflicts (opened_at);
                    """
            )
        }
    }
}
