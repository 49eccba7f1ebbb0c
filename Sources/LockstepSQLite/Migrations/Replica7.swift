import GRDB

extension DatabaseMigrator {
    /// What batches change of a replica's digests; never to be edited once released.
    mutating func registerReplica7() {
        registerMigration("replica 7") { db in
            try db.execute(
                sql: """
                    CREATE TABLE digest_changes (
                        id      INTEGER PRIMARY KEY,
                        changes BLOB    NOT NULL  -- of one batch: see DigestChanges
                    ) STRICT;

                    -- All rows, for the triggers to mark also those that only changes speak of.
                    WITH RECURSIVE prefixes (prefix) AS (
                        VALUES (0) UNION ALL SELECT prefix + 1 FROM prefixes WHERE prefix < 255
                    )
                    INSERT INTO digests (prefix, children) SELECT prefix, x'' FROM prefixes WHERE true
                    ON CONFLICT DO NOTHING;
                    """
            )
        }
    }
}
