import GRDB

extension DatabaseMigrator {
    /// What a replica needs to be compared with another; never to be edited once released.
    ///
    /// Opening the file for writing fills it: see ``DigestTable/complete()``.
    mutating func registerReplica4() {
        registerMigration("replica 4") { db in
            try db.execute(
                sql: """
                    ALTER TABLE records ADD COLUMN place INTEGER;  -- in the digest tree; NULL: not counted yet
                    ALTER TABLE records ADD COLUMN routes TEXT;    -- routing keys of its events, sorted; NULL: unknown
                    ALTER TABLE records ADD COLUMN written INTEGER NOT NULL DEFAULT 0; -- how often Lockstep wrote the row

                    CREATE INDEX records_by_place ON records (place);

                    CREATE TABLE digests (
                        prefix   INTEGER PRIMARY KEY,       -- the first two digits of the place
                        children BLOB    NOT NULL,          -- by the third: see DigestTable
                        stale    INTEGER NOT NULL DEFAULT 0 -- whether somebody else has changed records since
                    ) STRICT;

                    -- Lockstep never deletes a record, and counts its writes: whoever else does either is noticed.
                    CREATE TRIGGER digests_after_delete AFTER DELETE ON records WHEN OLD.place IS NOT NULL
                    BEGIN
                        UPDATE digests SET stale = 1 WHERE prefix = OLD.place >> 52;
                    END;

                    CREATE TRIGGER digests_after_update AFTER UPDATE OF registers ON records
                    WHEN NEW.written IS OLD.written AND NEW.place IS NOT NULL
                    BEGIN
                        UPDATE digests SET stale = 1 WHERE prefix = NEW.place >> 52;
                    END;
                    """
            )
        }
    }
}
