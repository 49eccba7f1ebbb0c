import GRDB
import Lockstep

extension OutboxSchema {
    /// What refuses a row, and what fills in what an `INSERT` leaves out: by name, the rest of the statement that makes it.
    ///
    /// The clock is hybrid and logical (see ``/Lockstep/HybridClock``): it stands in a row that the same transaction
    /// moves on, so that versions only grow, whoever writes, and also where the wall clock goes back. A version that is
    /// given moves it, too, but not more than a day ahead of the wall clock: nobody could take it back. The id is a UUID
    /// of version 7 (RFC 9562, section 5.7).
    private var triggers: [(name: String, rest: String)] {
        [
            (
                "lockstep_outbox_refuse",
                """
                BEFORE INSERT ON lockstep_outbox
                BEGIN
                \(refusals.map { "    SELECT RAISE(ABORT, '\($0.sentence)') WHERE \($0.condition);" }
                    .joined(separator: "\n"))
                END
                """
            ),
            (
                "lockstep_outbox_observe",
                """
                AFTER INSERT ON lockstep_outbox
                WHEN NEW.version < printf('%016x', (\(Self.milliseconds) + \(Self.furthestAhead)) << 16)
                BEGIN
                    UPDATE lockstep_outbox_clock SET last = max(last, \(Self.number(ofDigitsIn: "NEW.version")));
                END
                """
            ),
            (
                "lockstep_outbox_stamp",
                """
                AFTER INSERT ON lockstep_outbox
                BEGIN
                    UPDATE lockstep_outbox_clock SET last = max(last + 1, \(Self.milliseconds) << 16)
                    WHERE NEW.version IS NULL;
                    UPDATE lockstep_outbox SET
                        id = coalesce(NEW.id, \(Self.uuid)),
                        source = coalesce(NEW.source, (SELECT origin FROM lockstep_outbox_clock)),
                        version = coalesce(NEW.version,
                            (SELECT printf('%016x-%s', last, coalesce(NEW.source, origin)) FROM lockstep_outbox_clock)),
                        time = coalesce(NEW.time, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
                        written_at = \(Self.milliseconds)
                    WHERE position = NEW.position;
                END
                """
            ),
        ]
    }

    /// Puts the triggers of this release, and of this limit, in the place of others; where they are there nothing is done.
    func installTriggers(in db: Database) throws {
        for (name, rest) in triggers where try !Self.isThere(name, rest, in: db) {
            try db.execute(sql: "DROP TRIGGER IF EXISTS \(name); CREATE TRIGGER \(name) \(rest)")
        }
    }

    /// Whether a file has the triggers of this release.
    func hasTriggers(in db: Database) throws -> Bool {
        try triggers.allSatisfy { try Self.isThere($0.name, $0.rest, in: db) }
    }

    /// SQLite keeps the statement as it was written.
    private static func isThere(_ name: String, _ rest: String, in db: Database) throws -> Bool {
        let statement = try String.fetchOne(
            db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", arguments: [name])
        return statement == "CREATE TRIGGER \(name) \(rest)"
    }

    /// How far ahead of the wall clock a version may be that is taken for a clock's reading, in milliseconds: a day.
    static let furthestAhead: Int64 = 86_400_000

    /// The wall clock in milliseconds since 1970; SQLite keeps it in milliseconds, so that rounding gives them exactly.
    static let milliseconds = "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"

    private static let uuid = """
        printf('%08x-%04x-7%03x-%04x-%012x', \(milliseconds) >> 16, \(milliseconds) & 0xffff, random() & 0xfff, \
        0x8000 | (random() & 0x3fff), random() & 0xffffffffffff)
        """

    /// The value of 16 hexadecimal digits; SQLite has no function for that.
    private static func number(ofDigitsIn text: String) -> String {
        (1...16).map { place in
            "((instr('0123456789abcdef', substr(\(text), \(place), 1)) - 1) << \(4 * (16 - place)))"
        }.joined(separator: " | ")
    }
}
