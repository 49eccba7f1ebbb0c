import GRDB
import Lockstep

extension OutboxEntry {
    /// Reads a row with the columns as ``OutboxTable`` selects them.
    ///
    /// What the table's checks let through may still be no event: SQLite is less strict about JSON, and a person may
    /// have changed the row.
    init(row: Row, largest: Int) {
        let data: String? = row[5]
        let event = Result { () throws(LockstepError) in
            var attributes = EventAttributes()
            for (index, name) in Self.attributes {
                if let value: String = row[index] { attributes[name] = value }
            }
            if let extensions: String = row[12] {
                for field in try JSONObject(parsing: extensions).fields where attributes[field.name] == nil {
                    attributes[field.name] = field.value.displayText
                }
            }
            let draft = try attributes.draft(
                data: try data.map { data throws(LockstepError) in
                    try JSONObject(parsing: data)
                })
            try draft.check(largest: largest)
            return try draft.received()
        }
        // Beside the data there are the attributes, each of them short.
        self.init(position: OutboxPosition(row[0]), event: event, size: (data?.utf8.count ?? 0) + 1024)
    }

    /// Which column holds which attribute.
    private static let attributes = [
        (1, "type"), (2, "subject"), (3, "scope"), (4, "operation"), (6, "id"), (7, "source"), (8, "time"),
        (9, "recordversion"), (10, "recordseen"), (11, "traceparent"),
    ]
}
