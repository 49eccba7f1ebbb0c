import GRDB

extension DatabaseMigrator {
    /// The newest event of each record that each office has, and from when on an office is expected to have events; never
    /// to be edited once released.
    ///
    /// A ledger of millions of deliveries is read once for it, which takes seconds.
    mutating func registerLedger3() {
        registerMigration("ledger 3") { db in
            try db.execute(
                sql: """
                    CREATE TABLE holdings (
                        subject TEXT    NOT NULL,
                        office  INTEGER NOT NULL,
                        event   INTEGER NOT NULL,  -- of those that the office has, the one with the newest version
                        PRIMARY KEY (subject, office)
                    ) STRICT, WITHOUT ROWID;

                    INSERT INTO holdings (subject, office, event)
                    SELECT subject, office, id FROM (
                        SELECT subject, office, events.id AS id, max(version)
                        FROM events JOIN deliveries ON deliveries.event = events.id
                        WHERE outcome IS NOT NULL GROUP BY subject, office
                    );

                    -- What each subscriber was last known to want.
                    CREATE TABLE subscribers (
                        office INTEGER PRIMARY KEY,
                        wants  TEXT    NOT NULL  -- its patterns, one a line; '': nothing any more
                    ) STRICT;

                    -- Who has spoken subscribed before that was noted: nothing is excused.
                    INSERT INTO subscribers (office, wants) SELECT id, '#' FROM offices;

                    -- Routes that an office wanted only when there were events already; no row: it wanted all of them.
                    CREATE TABLE beginnings (
                        route   TEXT    NOT NULL,
                        office  INTEGER NOT NULL,
                        since   INTEGER NOT NULL,  -- what the ledger has heard of before need not be there
                        excused INTEGER NOT NULL,  -- how many confirmed events that is of which the office has not spoken
                        PRIMARY KEY (route, office)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
