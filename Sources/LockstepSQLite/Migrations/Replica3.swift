import GRDB

extension DatabaseMigrator {
    /// The bookings of a replica; never to be edited once released.
    mutating func registerReplica3() {
        registerMigration("replica 3") { db in
            try db.execute(
                sql: """
                    CREATE TABLE bookings (
                        subject  TEXT NOT NULL PRIMARY KEY,
                        resource TEXT NOT NULL,
                        starts   INTEGER,        -- microseconds since 1970; NULL, and ends: nobody can say
                        ends     INTEGER,
                        claim    TEXT NOT NULL,  -- the version that claimed the resource for this time
                        refused  INTEGER,        -- NULL: not judged yet, which no transaction leaves behind
                        winner   TEXT,           -- the subject of the booking in its way
                        reason   TEXT            -- NULL: it stands
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX bookings_by_start ON bookings (resource, starts);
                    -- How far before a moment a booking may start that still takes it.
                    CREATE INDEX bookings_by_length ON bookings (resource, ends - starts);

                    ALTER TABLE calendar ADD COLUMN refused    TEXT;  -- why its booking does not stand
                    ALTER TABLE calendar ADD COLUMN refused_by TEXT;  -- the subject of the booking in its way
                    """
            )
        }
    }
}
