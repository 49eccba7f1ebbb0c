import GRDB

extension DatabaseMigrator {
    /// The first tables of a ledger; never to be edited once released.
    mutating func registerLedger1() {
        registerMigration("ledger 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE events (
                        id          INTEGER PRIMARY KEY,
                        event       TEXT    NOT NULL,
                        version     TEXT    NOT NULL,
                        subject     TEXT    NOT NULL,
                        heard       INTEGER NOT NULL,  -- by this ledger, first; as all times, microseconds since 1970
                        source      TEXT,              -- NULL, and all below: no publisher has reported it
                        type        TEXT,
                        scope       TEXT,
                        accepted    INTEGER,
                        answered    INTEGER,
                        publication INTEGER,           -- 0 confirmed, 1 unrouted, 2 refused
                        reason      TEXT               -- of a refusal
                    ) STRICT;

                    CREATE UNIQUE INDEX events_by_id ON events (event, version);
                    CREATE INDEX events_by_subject ON events (subject, version);
                    CREATE INDEX events_by_age ON events (heard);

                    CREATE TABLE offices (
                        id   INTEGER PRIMARY KEY,
                        name TEXT    NOT NULL UNIQUE
                    ) STRICT;

                    CREATE TABLE deliveries (
                        event           INTEGER NOT NULL,
                        office          INTEGER NOT NULL,
                        attempts        INTEGER NOT NULL,
                        outcome         INTEGER,  -- 0 applied, 1 merged, 2 conflict, 3 duplicate, 4 superseded
                        done            INTEGER,
                        waiting_attempt INTEGER,
                        waiting_until   INTEGER,
                        waiting_reason  TEXT,
                        waiting_at      INTEGER,
                        dead_attempt    INTEGER,
                        dead_reason     TEXT,
                        dead_at         INTEGER,
                        PRIMARY KEY (event, office)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
