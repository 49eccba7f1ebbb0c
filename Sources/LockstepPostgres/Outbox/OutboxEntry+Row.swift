import Lockstep

extension OutboxEntry {
    /// What is selected of a row, in the order in which it is read.
    static let columns = """
        position, size, type, subject, scope, operation, id, source, \
        to_char("time" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), version, seen, traceparent, \
        data::text, extensions::text, (extract(epoch FROM written_at) * 1000000)::bigint
        """

    /// Which column holds which attribute.
    private static let attributes = [
        (2, "type"), (3, "subject"), (4, "scope"), (5, "operation"), (6, "id"), (7, "source"), (8, "time"),
        (9, "recordversion"), (10, "recordseen"), (11, "traceparent"),
    ]

    /// Reads a row; what the trigger let through may still be no event, or a person may have changed it.
    init(_ rows: PostgresRows, _ row: Int) {
        let event = Result { () throws(LockstepError) in
            var attributes = EventAttributes()
            for (column, name) in Self.attributes {
                if let value = rows[row, column] { attributes[name] = value }
            }
            if let extensions = rows[row, 13] {
                for field in try JSONObject(parsing: extensions).fields where attributes[field.name] == nil {
                    attributes[field.name] = field.value.displayText
                }
            }
            let data = try rows[row, 12].map { data throws(LockstepError) in try JSONObject(parsing: data) }
            let acceptedAt = rows.integer(row, 14).map { Timestamp(microseconds: $0) }
            return try attributes.draft(data: data).received(acceptedAt: acceptedAt)
        }
        self.init(
            position: OutboxPosition(rows.integer(row, 0) ?? 0), event: event,
            // Beside what the writer gave there are id, version and time.
            size: Int(rows.integer(row, 1) ?? 0) + 512)
    }
}
