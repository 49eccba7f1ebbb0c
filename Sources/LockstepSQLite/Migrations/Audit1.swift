import GRDB

extension DatabaseMigrator {
    /// The first tables of an audit; never to be edited once released.
    mutating func registerAudit1() {
        registerMigration("audit 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE reports (
                        number   INTEGER PRIMARY KEY,
                        made     INTEGER NOT NULL,  -- as all times, microseconds since 1970
                        form     TEXT    NOT NULL,  -- text, csv, html or json
                        content  TEXT    NOT NULL,  -- digest of what it says
                        previous TEXT,              -- digest of the report before; NULL: it is the first one
                        digest   TEXT    NOT NULL   -- of all that is above
                    ) STRICT;

                    CREATE TABLE actions (
                        id     INTEGER PRIMARY KEY,
                        at     INTEGER NOT NULL,
                        person TEXT    NOT NULL,
                        action TEXT    NOT NULL,  -- like 'replayed'
                        office TEXT    NOT NULL,
                        count  INTEGER NOT NULL,
                        events TEXT    NOT NULL,  -- JSON: the ids that were named; null: all
                        reason TEXT
                    ) STRICT;

                    CREATE INDEX actions_by_time ON actions (at);
                    """
            )
        }
    }
}
