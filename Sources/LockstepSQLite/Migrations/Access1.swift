import GRDB

extension DatabaseMigrator {
    /// The first table of the hub's tokens; never to be edited once released.
    mutating func registerAccess1() {
        registerMigration("access 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE tokens (
                        id         INTEGER PRIMARY KEY,
                        name       TEXT    NOT NULL,
                        role       TEXT    NOT NULL,         -- publish, read, operate or admin
                        origin     TEXT,                     -- of 'publish': who its events come from
                        hash       BLOB    NOT NULL UNIQUE,  -- SHA-256 of the secret
                        created_at INTEGER NOT NULL,         -- as all times, microseconds since 1970
                        created_by TEXT    NOT NULL,
                        expires_at INTEGER,
                        revoked_at INTEGER
                    ) STRICT;

                    -- A revoked token stays for auditors; its name may be given again.
                    CREATE UNIQUE INDEX tokens_by_name ON tokens (name) WHERE revoked_at IS NULL;
                    """
            )
        }
    }
}
