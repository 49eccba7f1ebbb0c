extension OutboxSchema {
    /// What fills in what an `INSERT` leaves out.
    ///
    /// The clock is hybrid and logical (see ``Lockstep/HybridClock``): it stands in a row that the same transaction
    /// moves on, so that versions only grow, whoever writes, and also where the wall clock goes back. The id is a UUID
    /// of version 7 (RFC 9562, section 5.7).
    static let triggers = """
        CREATE TRIGGER IF NOT EXISTS lockstep_outbox_observe AFTER INSERT ON lockstep_outbox
        WHEN NEW.version IS NOT NULL
        BEGIN
            UPDATE lockstep_outbox_clock SET last = max(last, \(number(ofDigitsIn: "NEW.version")));
        END;
        CREATE TRIGGER IF NOT EXISTS lockstep_outbox_stamp AFTER INSERT ON lockstep_outbox
        BEGIN
            UPDATE lockstep_outbox_clock SET last = max(last + 1, \(milliseconds) << 16) WHERE NEW.version IS NULL;
            UPDATE lockstep_outbox SET
                id = coalesce(NEW.id, \(uuid)),
                source = coalesce(NEW.source, (SELECT origin FROM lockstep_outbox_clock)),
                version = coalesce(NEW.version,
                    (SELECT printf('%016x-%s', last, coalesce(NEW.source, origin)) FROM lockstep_outbox_clock)),
                time = coalesce(NEW.time, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
                written_at = \(milliseconds)
            WHERE position = NEW.position;
        END;

        """

    /// The wall clock in milliseconds since 1970; SQLite keeps it in milliseconds, so that rounding gives them exactly.
    private static let milliseconds = "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"

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
