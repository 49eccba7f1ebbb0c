import GRDB

extension DatabaseMigrator {
    /// The first tables of the hub's store; never to be edited once released.
    mutating func registerHub1() {
        registerMigration("hub 1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE subscriptions (
                        office   TEXT    NOT NULL PRIMARY KEY,
                        settings TEXT    NOT NULL,  -- JSON: what lockstep.yaml has below an office
                        revision INTEGER NOT NULL,  -- one more with each change
                        created  INTEGER NOT NULL,  -- as all times, microseconds since 1970
                        changed  INTEGER NOT NULL,
                        person   TEXT    NOT NULL,  -- who changed it last
                        leaving  INTEGER NOT NULL   -- 1: it is being deleted
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE pauses (
                        office TEXT    NOT NULL PRIMARY KEY,  -- of declared offices, too
                        since  INTEGER NOT NULL,
                        person TEXT    NOT NULL,
                        reason TEXT,
                        cause  TEXT    NOT NULL  -- operator, gone, deletion or migration
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
    }
}
