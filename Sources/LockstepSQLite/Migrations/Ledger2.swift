import GRDB

extension DatabaseMigrator {
    /// What the offices have, counted as it comes; never to be edited once released.
    ///
    /// A ledger of millions of deliveries is read once for it, which takes seconds.
    mutating func registerLedger2() {
        registerMigration("ledger 2") { db in
            try db.execute(
                sql: """
                    -- How many deliveries stand how.
                    CREATE TABLE standings (
                        office INTEGER NOT NULL,
                        route  TEXT    NOT NULL,  -- what the broker routed the event by; '': it has not confirmed it
                        word   INTEGER NOT NULL,  -- 0 held, 1 waiting, 2 dead
                        count  INTEGER NOT NULL,
                        PRIMARY KEY (office, route, word)
                    ) STRICT, WITHOUT ROWID;

                    -- How many events the broker has confirmed.
                    CREATE TABLE confirmed (
                        route TEXT    PRIMARY KEY,
                        count INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    -- How long the events that are held took.
                    CREATE TABLE delays (
                        office INTEGER NOT NULL,
                        bucket INTEGER NOT NULL,
                        count  INTEGER NOT NULL,
                        PRIMARY KEY (office, bucket)
                    ) STRICT, WITHOUT ROWID;

                    ALTER TABLE offices ADD COLUMN last_held INTEGER;
                    """
            )
            var changes = TallyChanges()
            try changes.countAll(db)
            try changes.write(db)
        }
    }
}
