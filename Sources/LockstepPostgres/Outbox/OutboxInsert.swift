public import Lockstep

/// The `INSERT` that writes events to the outbox: for whatever driver the core app's own transaction is made with.
///
/// ```swift
/// let insert = try OutboxInsert(EventDraft(issued, about: permit, ["status": "Issued"]))
/// var binds = PostgresBindings()                                       // PostgresNIO, for instance
/// for parameter in insert.parameters {
///     if let parameter { binds.append(parameter) } else { binds.appendNull() }
/// }
/// try await transaction.query(PostgresQuery(unsafeSQL: insert.sql, binds: binds), logger: logger)
/// ```
public struct OutboxInsert: Sendable {
    /// The statement, with `$1`, `$2` and so on: each of the type `text`, and cast from it where its column has another.
    public let sql: String
    /// The parameters: all of them text, or NULL.
    public let parameters: [String?]

    private static let columns: [(name: String, type: String)] = [
        ("type", "text"), ("subject", "text"), ("scope", "text"), ("operation", "text"), ("data", "jsonb"),
        ("id", "text"), ("source", "text"), ("\"time\"", "timestamptz"), ("version", "text"), ("seen", "text"),
        ("traceparent", "text"), ("extensions", "jsonb"),
    ]

    /// The most events of one statement: it can have 65,535 parameters.
    public static let mostEvents = 65_535 / columns.count

    /// A statement that writes an event.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `eventTooLarge`. The database refuses what else is wrong.
    public init(_ draft: EventDraft, maximumEventSize: Int = 1 << 20) throws(LockstepError) {
        try self.init([draft], maximumEventSize: maximumEventSize)
    }

    /// A statement that writes events, in this order: one to ``mostEvents`` of them.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `eventTooLarge`. The database refuses what else is wrong.
    public init(_ drafts: [EventDraft], maximumEventSize: Int = 1 << 20) throws(LockstepError) {
        precondition(
            (1...Self.mostEvents).contains(drafts.count), "one statement writes 1 to \(Self.mostEvents) events")
        var rows: [String] = []
        var parameters: [String?] = []
        for draft in drafts {
            let draft = draft.carryingTrace()
            try draft.check(largest: maximumEventSize)
            let places = Self.columns.enumerated().map { index, column in
                "$\(parameters.count + index + 1)::text" + (column.type == "text" ? "" : "::\(column.type)")
            }
            rows.append("(\(places.joined(separator: ", ")))")
            parameters += Self.values(of: draft)
        }
        sql = """
            INSERT INTO lockstep.outbox (\(Self.columns.map(\.name).joined(separator: ", "))) \
            VALUES \(rows.joined(separator: ", "))
            """
        self.parameters = parameters
    }

    private static func values(of draft: EventDraft) -> [String?] {
        let extensions =
            draft.extensions.isEmpty
            ? nil : JSONObject(draft.extensions.map { ($0.key, JSONText(string: $0.value)) }).text
        return [
            draft.type.text, draft.subject.text, draft.scope?.text, draft.operation.rawValue, draft.data.text,
            draft.id?.text, draft.source?.text, draft.time?.rfc3339, draft.version?.description, draft.seen.text,
            draft.traceparent, extensions,
        ]
    }
}
