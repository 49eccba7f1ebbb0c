import GRDB
import Lockstep

extension OutboxEntry {
    /// Reads a row with the columns as ``OutboxTable`` selects them.
    ///
    /// What the table's checks let through may still be no event: SQLite is less strict about JSON, and a person may
    /// have changed the row.
    init(row: Row, largest: Int) {
        let data = row[5] as String? ?? ""
        let event = Result { () throws(LockstepError) in
            let draft = try EventDraft(row: row, data: data)
            try draft.check(largest: largest)
            let writtenAt: Int64? = row[13]
            return try draft.received(acceptedAt: writtenAt.map { Timestamp(microseconds: $0 * 1000) })
        }
        // Beside the data there are the attributes, each of them short.
        self.init(position: OutboxPosition(row[0]), event: event, size: data.utf8.count + 1024)
    }
}

extension EventDraft {
    fileprivate init(row: Row, data text: String) throws(LockstepError) {
        let operation = try Self.operation(row[4])
        // What is deleted has no data, whatever stands there.
        let data = operation == .delete ? JSONObject() : try JSONObject(parsing: text)
        self.init(
            try EventType(row[1] as String? ?? ""), about: try Subject(row[2] as String? ?? ""), data,
            operation: operation)
        if let text: String = row[3] { scope = try Scope(text) }
        if let text: String = row[6] { id = try EventID(text) }
        if let text: String = row[7] { source = try Origin(text) }
        if let text: String = row[8] { time = try Self.time(text) }
        if let text: String = row[9] { version = try Version(text) }
        if let text: String = row[10] { seen = try Seen(text) }
        traceparent = row[11]
        if let text: String = row[12] { extensions = try Self.extensions(text) }
    }

    private static func operation(_ name: String?) throws(LockstepError) -> EventOperation {
        guard let operation = EventOperation(rawValue: name ?? "merge") else {
            throw LockstepError(.invalidEvent, "the operation is none of 'merge', 'replace' and 'delete'")
        }
        return operation
    }

    private static func time(_ text: String) throws(LockstepError) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw LockstepError(.invalidEvent, "the time is not one as in RFC 3339")
        }
        return time
    }

    /// Few events have any; their names are held against the rules for all attributes.
    private static func extensions(_ text: String) throws(LockstepError) -> [String: String] {
        var attributes = EventAttributes()
        (attributes["type"], attributes["subject"]) = ("a", "a")
        for field in try JSONObject(parsing: text).fields where attributes[field.name] == nil {
            attributes[field.name] = field.value.displayText
        }
        return try attributes.draft(data: JSONObject()).extensions
    }
}
