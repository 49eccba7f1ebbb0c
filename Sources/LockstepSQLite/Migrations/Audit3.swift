import GRDB

extension DatabaseMigrator {
    /// What was begun, and the corrections of dead letters; never to be edited once released.
    mutating func registerAudit3() {
        registerMigration("audit 3") { db in
            try db.execute(
                sql: """
                    -- As 'actions'; a row is here from before anything is done until it is noted there.
                    CREATE TABLE begun (
                        id     INTEGER PRIMARY KEY,
                        at     INTEGER NOT NULL,
                        person TEXT    NOT NULL,
                        action TEXT    NOT NULL,
                        office TEXT    NOT NULL,
                        events TEXT    NOT NULL,
                        detail TEXT,
                        reason TEXT
                    ) STRICT;

                    -- JSON: the id, version and time of the event that is published; NULL: none is.
                    ALTER TABLE originals ADD COLUMN correction TEXT;
                    """
            )
        }
    }
}
