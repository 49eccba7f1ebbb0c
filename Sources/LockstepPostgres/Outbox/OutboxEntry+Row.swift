import Lockstep

extension OutboxEntry {
    /// What is selected of a row, in the order in which it is read.
    static let columns = """
        position, size, type, subject, scope, operation, id, source, version, seen, traceparent, "time", \
        CASE WHEN fits AND state <> 'others' THEN data::text END, extensions::text, written_at
        """
    static let columnCount = 15

    /// Which column holds which attribute.
    private static let attributes: [(Int, EventAttribute)] = [
        (2, .type), (3, .subject), (4, .scope), (5, .operation), (6, .id), (7, .source), (8, .recordversion),
        (9, .recordseen), (10, .traceparent),
    ]

    /// What a binary `timestamptz` counts its microseconds from: 2000-01-01.
    private static let epoch: Int64 = 946_684_800_000_000

    /// Reads a row of a binary result; what the trigger let through may still be no event, or a person may have changed it.
    init(_ rows: PostgresRows, _ row: Int) {
        let event = Result { () throws(LockstepError) in
            var attributes = EventAttributes()
            for (column, attribute) in Self.attributes { attributes[attribute] = rows[row, column] }
            if let extensions = rows.bytes(row, 13) {
                for field in try JSONObject(parsing: extensions).fields
                where field.name != "time" && attributes[field.name] == nil {
                    attributes[field.name] = field.value.displayText
                }
            }
            let data = try rows.bytes(row, 12).map { data throws(LockstepError) in try JSONObject(parsing: data) }
            var draft = try attributes.draft(data: data)
            draft.time = rows.integer(row, 11).flatMap(Self.time)
            return try draft.received(acceptedAt: rows.integer(row, 14).flatMap(Self.time))
        }
        self.init(
            position: OutboxPosition(rows.integer(row, 0) ?? 0), event: event,
            // Beside what the writer gave there are id, version and time.
            size: Int(rows.integer(row, 1) ?? 0) + 512)
    }

    /// nil: it is infinite.
    private static func time(_ binary: Int64) -> Timestamp? {
        let (microseconds, isInfinite) = binary.addingReportingOverflow(epoch)
        return isInfinite || binary == .min ? nil : Timestamp(microseconds: microseconds)
    }
}
