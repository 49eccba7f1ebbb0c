import GRDB

extension DatabaseMigrator {
    /// What deliveries were before somebody edited them; never to be edited once released.
    mutating func registerAuditOriginals() {
        registerMigration("audit originals") { db in
            try db.execute(
                sql: """
                    CREATE TABLE originals (
                        id          INTEGER PRIMARY KEY,
                        at          INTEGER NOT NULL,  -- as all times, microseconds since 1970
                        person      TEXT    NOT NULL,
                        office      TEXT    NOT NULL,
                        letter      TEXT    NOT NULL,  -- the id of the dead letter
                        reason      TEXT    NOT NULL,
                        headers     TEXT    NOT NULL,  -- JSON: texts by name
                        body        BLOB    NOT NULL,
                        digest      TEXT    NOT NULL,  -- SHA-256 of headers, a zero byte, and body
                        differences TEXT    NOT NULL   -- JSON: what was changed
                    ) STRICT;

                    CREATE INDEX originals_by_letter ON originals (letter);
                    """
            )
        }
    }
}
