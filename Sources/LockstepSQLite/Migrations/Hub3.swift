import GRDB

extension DatabaseMigrator {
    /// The offices whose pause, or its end, was not told to their workers through the broker yet; never to be edited once
    /// released.
    ///
    /// By triggers: whoever pauses or resumes an office for whatever cause, it is to be told.
    mutating func registerHub3() {
        registerMigration("hub 3") { db in
            try db.execute(
                sql: """
                    CREATE TABLE untold (
                        office TEXT    NOT NULL PRIMARY KEY,
                        number INTEGER NOT NULL  -- another one with each change, as long as the row is there
                    ) STRICT, WITHOUT ROWID;

                    CREATE TRIGGER pauses_begin AFTER INSERT ON pauses BEGIN
                        INSERT INTO untold (office, number)
                        VALUES (new.office, (SELECT ifnull(max(number), 0) + 1 FROM untold))
                        ON CONFLICT (office) DO UPDATE SET number = excluded.number;
                    END;

                    CREATE TRIGGER pauses_end AFTER DELETE ON pauses BEGIN
                        INSERT INTO untold (office, number)
                        VALUES (old.office, (SELECT ifnull(max(number), 0) + 1 FROM untold))
                        ON CONFLICT (office) DO UPDATE SET number = excluded.number;
                    END;

                    INSERT INTO untold (office, number) SELECT office, 1 FROM pauses;
                    """
            )
        }
    }
}
