import Lockstep

extension OutboxSchema {
    /// Readings from here on belong to no clock: they lie beyond the year 5800, and after the last nothing comes.
    static let firstRefusedReading = ClockReading(0x7000_0000_0000_0000)

    /// What makes the `INSERT` of a row fail, and the sentence that it fails with.
    ///
    /// They stand in a trigger and not among the table's checks, which never change once it is made: the limit may, and
    /// so may what a release knows of rows that a relay could only refuse. And a check could not look into a list.
    var refusals: [(sentence: String, condition: String)] {
        [
            (
                "version must be 16 hexadecimal digits in lower case, from 0 to 6 the first, - and the origin; leave it out",
                "NEW.version IS NOT NULL AND (NEW.version >= '7' OR NOT (\(Self.isOrigin("substr(NEW.version, 18)"))))"
            ),
            (
                "seen must be origins with 16 hexadecimal digits each, like core=0190c5a2b3c40000,ward-3=0190c5a2b3c40001, "
                    + "or a JSON object with such a list for each field",
                """
                CASE WHEN NEW.seen GLOB '{*' THEN
                    CASE WHEN json_valid(NEW.seen) THEN EXISTS (
                        SELECT 1 FROM json_each(NEW.seen) AS field
                        WHERE field.type <> 'text' OR \(Self.isNoVector("field.value")))
                    ELSE 1 END
                ELSE \(Self.isNoVector("NEW.seen")) END
                """
            ),
            (
                "an event has more than \(maximumEventSize) bytes; write a reference instead of the content",
                """
                coalesce(length(CAST(NEW.type AS BLOB)), 0) + coalesce(length(CAST(NEW.subject AS BLOB)), 0)
                    + coalesce(length(CAST(NEW.seen AS BLOB)), 0) + coalesce(length(CAST(NEW.traceparent AS BLOB)), 0)
                    + coalesce(length(CAST(NEW.extensions AS BLOB)), 0) + coalesce(length(CAST(NEW.data AS BLOB)), 0)
                    > \(maximumEventSize)
                """
            ),
        ]
    }

    private static func isOrigin(_ expression: String) -> String {
        isName(expression, longest: 200) + " AND instr(\(expression), ' ') = 0"
    }

    /// Whether a text is no list of seen versions: one without a part that is an origin, `=`, and a reading.
    ///
    /// As a JSON array it can be taken apart at its commas. An origin's own commas and signs are percent-encoded.
    private static func isNoVector(_ expression: String) -> String {
        """
        (\(expression) <> '' AND EXISTS (
            SELECT 1 FROM json_each('[' || replace(json_quote(\(expression)), ',', '","') || ']') AS part
            WHERE part.value NOT GLOB '?*=\(String(repeating: "[0-9a-fA-F]", count: 16))'
                OR instr(substr(part.value, 1, length(part.value) - 17), '=') OR instr(part.value, ' ')))
        """
    }
}
