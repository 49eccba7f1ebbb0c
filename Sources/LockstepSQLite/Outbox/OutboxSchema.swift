import GRDB
import Lockstep

/// The tables and triggers of an outbox in a core app's own database.
///
/// Any program may write to it that can `INSERT`: what it must not get wrong the database checks, and what it leaves
/// out the database fills in, in the same transaction. Nothing here needs a newer SQLite than 3.35, and no table is
/// `STRICT`, so that all that opened the core app's file before still does.
struct OutboxSchema {
    /// What this release writes; a file with a higher one is left alone.
    static let release = 1

    /// Whose events these are.
    let origin: Origin
    /// The most bytes of an event, data and attributes together.
    let maximumEventSize: Int

    /// Makes what is not there, and notes the origin.
    func install(in db: Database) throws {
        try db.execute(sql: tables + Self.indexes)
        try installTriggers(in: db)
        try db.execute(
            sql: """
                INSERT INTO lockstep_outbox_clock (id, release, origin, last) VALUES (1, ?1, ?2, 0)
                ON CONFLICT (id) DO UPDATE SET origin = excluded.origin
                """,
            arguments: [Self.release, origin.text]
        )
        // Where a version from no clock was let in once, each later event has had the same one.
        try db.execute(
            sql: "UPDATE lockstep_outbox_clock SET last = \(Self.milliseconds) << 16 WHERE last >= ?",
            arguments: [Int64(Self.firstRefusedReading.bits)]
        )
        try db.execute(
            sql: "INSERT INTO lockstep_outbox_totals (id, sent) VALUES (1, 0) ON CONFLICT DO NOTHING"
        )
    }

    private var tables: String {
        """
        CREATE TABLE IF NOT EXISTS lockstep_outbox (
            position    INTEGER PRIMARY KEY AUTOINCREMENT,
            -- what the core app writes; all but type and subject may be left out
            type        TEXT NOT NULL,
            subject     TEXT NOT NULL,
            scope       TEXT,
            operation   TEXT NOT NULL DEFAULT 'merge',
            data        TEXT NOT NULL DEFAULT '{}',
            id          TEXT,
            source      TEXT,
            time        TEXT,
            version     TEXT,
            seen        TEXT,
            traceparent TEXT,
            extensions  TEXT,
            -- what happened to it
            written_at  INTEGER,
            outcome     TEXT,
            reason      TEXT,
            settled_at  INTEGER,
        \(Self.checks.map { "    CONSTRAINT \"\($0.sentence)\" CHECK (\($0.condition))" }.joined(separator: ",\n"))
        );
        CREATE TABLE IF NOT EXISTS lockstep_outbox_clock (
            id      INTEGER PRIMARY KEY CHECK (id = 1),
            release INTEGER NOT NULL,
            origin  TEXT    NOT NULL,
            last    INTEGER NOT NULL  -- the newest reading given out or taken in
        );
        CREATE TABLE IF NOT EXISTS lockstep_outbox_totals (
            id   INTEGER PRIMARY KEY CHECK (id = 1),
            sent INTEGER NOT NULL
        );

        """
    }

    /// What makes each question take no longer the more rows there are that it does not ask for.
    private static let indexes = """
        CREATE INDEX IF NOT EXISTS lockstep_outbox_waiting ON lockstep_outbox (position) WHERE outcome IS NULL;
        CREATE INDEX IF NOT EXISTS lockstep_outbox_settled ON lockstep_outbox (settled_at) WHERE settled_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS lockstep_outbox_stuck ON lockstep_outbox (outcome)
            WHERE settled_at IS NULL AND outcome IS NOT NULL;

        """

    /// A rule for a row, and the sentence that an `INSERT` that breaks it fails with; ``refusals`` are the others.
    private static var checks: [(sentence: String, condition: String)] {
        let attributes =
            "coalesce(length(CAST(type AS BLOB)), 0) + coalesce(length(CAST(subject AS BLOB)), 0)"
            + " + coalesce(length(CAST(seen AS BLOB)), 0) + coalesce(length(CAST(traceparent AS BLOB)), 0)"
            + " + coalesce(length(CAST(extensions AS BLOB)), 0)"
        return [
            (
                "type must be words of letters, digits, - and _ joined by dots, 180 bytes at most, like permit.issued",
                "typeof(type) = 'text' AND type <> '' AND length(CAST(type AS BLOB)) <= 180"
                    + " AND type NOT GLOB '*[^A-Za-z0-9_.-]*'"
                    + " AND type NOT GLOB '.*' AND type NOT GLOB '*.' AND type NOT GLOB '*..*'"
            ),
            (
                "subject must not be empty, hold control characters or exceed 512 bytes, like permit/24-019651",
                isName("subject", longest: 512)
            ),
            (
                "scope must be lower-case letters, digits and -, 64 bytes at most, like ward-3",
                "scope IS NULL OR (typeof(scope) = 'text' AND scope <> '' AND length(CAST(scope AS BLOB)) <= 64"
                    + " AND scope NOT GLOB '*[^a-z0-9-]*')"
            ),
            (
                "operation must be merge, replace or delete",
                "operation IN ('merge', 'replace', 'delete')"
            ),
            (
                "data must be a JSON object",
                "typeof(data) = 'text' AND CASE WHEN json_valid(data) THEN json_type(data) = 'object' ELSE 0 END"
            ),
            (
                "id must not be empty, hold control characters or exceed 200 bytes",
                "id IS NULL OR (\(isName("id", longest: 200)))"
            ),
            (
                "source must not be empty, hold blanks or control characters, or exceed 200 bytes",
                "source IS NULL OR (\(isName("source", longest: 200)) AND instr(source, ' ') = 0)"
            ),
            (
                "version must be 16 hexadecimal digits in lower case, - and the origin; leave it out",
                "version IS NULL OR (typeof(version) = 'text'"
                    + " AND version GLOB '\(String(repeating: "[0-9a-f]", count: 16))-?*' AND version < '7')"
            ),
            (
                "time must be a time as in RFC 3339, like 2024-07-03T15:06:40Z",
                "time IS NULL OR (typeof(time) = 'text' AND time GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*')"
            ),
            (
                "extensions must be a JSON object",
                "extensions IS NULL OR CASE WHEN json_valid(extensions) THEN json_type(extensions) = 'object' ELSE 0 END"
            ),
            (
                "an event's attributes have more than 65536 bytes; put what is large into the data",
                "\(attributes) <= 65536"
            ),
        ]
    }

    static func isName(_ column: String, longest: Int) -> String {
        "typeof(\(column)) = 'text' AND \(column) <> '' AND length(CAST(\(column) AS BLOB)) <= \(longest)"
            + " AND instr(CAST(\(column) AS BLOB), x'00') = 0"
            + " AND \(column) NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'"
    }
}
