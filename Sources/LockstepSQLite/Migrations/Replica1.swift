import GRDB

extension DatabaseMigrator {
    /// The first tables of a replica; never to be edited once released.
    mutating func registerReplica1() {
        registerMigration("replica 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE records (
                        id        INTEGER PRIMARY KEY,
                        subject   TEXT    NOT NULL UNIQUE,
                        version   TEXT    NOT NULL,  -- the newest that shows
                        deleted   INTEGER NOT NULL,
                        data      TEXT,              -- JSON as the office shows it; NULL: deleted
                        types     TEXT    NOT NULL,  -- of all events about it, sorted, blanks between
                        registers BLOB    NOT NULL,  -- the record in its canonical serialization
                        pushed    TEXT,              -- the version that the adapter took last
                        unpushed  INTEGER NOT NULL   -- whether it shows otherwise than then
                    ) STRICT;

                    CREATE TABLE calendar (
                        subject    TEXT NOT NULL PRIMARY KEY,
                        title      TEXT NOT NULL,
                        what       TEXT NOT NULL,
                        place      TEXT NOT NULL,
                        starts     TEXT,
                        ends       TEXT,
                        status     TEXT NOT NULL,
                        version    TEXT NOT NULL,
                        updated_at TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX calendar_by_start ON calendar (starts);

                    CREATE TABLE counters (
                        name  TEXT    NOT NULL PRIMARY KEY,
                        count INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE delays (
                        bucket INTEGER PRIMARY KEY,  -- see DelayHistogram
                        count  INTEGER NOT NULL
                    ) STRICT;

                    CREATE TABLE settings (
                        name  TEXT NOT NULL PRIMARY KEY,
                        value TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
