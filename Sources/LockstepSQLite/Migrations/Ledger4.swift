import GRDB

extension DatabaseMigrator {
    /// How each delivery stands, in one word, and an index by it; never to be edited once released.
    ///
    /// A ledger of millions of deliveries is read once for it, which takes seconds. Each office's deliveries come with
    /// growing numbers of events: what is reported is added at the end of a few pages of the index.
    mutating func registerLedger4() {
        registerMigration("ledger 4") { db in
            try db.execute(
                sql: """
                    -- 0 applied, 1 merged, 2 conflict, 3 duplicate, 4 superseded, 5 waiting, 6 dead: DeliveryState.word.
                    ALTER TABLE deliveries ADD COLUMN state INTEGER GENERATED ALWAYS AS (
                        CASE
                            WHEN outcome IS NOT NULL THEN outcome
                            WHEN dead_attempt IS NULL THEN 5
                            WHEN waiting_attempt IS NULL THEN 6
                            WHEN waiting_at - dead_at > 60000000 THEN 5
                            WHEN waiting_at > dead_at AND waiting_attempt > dead_attempt THEN 5
                            ELSE 6
                        END
                    ) VIRTUAL;

                    CREATE INDEX deliveries_by_state ON deliveries (office, state, event);
                    """
            )
        }
    }
}
