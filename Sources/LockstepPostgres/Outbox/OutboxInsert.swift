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
    /// The parameters: all of them text, or NULL; for more than ``mostEvents`` events one for each column, with an array in
    /// PostgreSQL's text form.
    public let parameters: [String?]

    private static let columns: [(name: String, type: String)] = [
        ("type", "text"), ("subject", "text"), ("scope", "text"), ("operation", "text"), ("data", "jsonb"),
        ("id", "text"), ("source", "text"), ("\"time\"", "timestamptz"), ("version", "text"), ("seen", "text"),
        ("traceparent", "text"), ("extensions", "jsonb"),
    ]

    /// The most events of a statement with a parameter for each value: it can have 65,535 of them.
    public static let mostEvents = 65_535 / columns.count

    /// A statement that writes an event.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `eventTooLarge`. The database refuses what else is wrong.
    public init(_ draft: EventDraft, maximumEventSize: Int = 1 << 20) throws(LockstepError) {
        try self.init([draft], maximumEventSize: maximumEventSize)
    }

    /// A statement that writes events, in this order; one at least.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `eventTooLarge`. The database refuses what else is wrong.
    public init(_ drafts: [EventDraft], maximumEventSize: Int = 1 << 20) throws(LockstepError) {
        precondition(!drafts.isEmpty, "a statement writes one event at least")
        var all: [[String?]] = []
        all.reserveCapacity(drafts.count)
        for draft in drafts {
            let draft = draft.carryingTrace()
            try draft.check(largest: maximumEventSize)
            all.append(Self.values(of: draft))
        }
        self = all.count <= Self.mostEvents ? Self(values: all) : Self(arrays: all)
    }

    /// A parameter for each value.
    private init(values all: [[String?]]) {
        var rows: [String] = []
        var parameters: [String?] = []
        for values in all {
            let places = Self.columns.enumerated().map { index, column in
                "$\(parameters.count + index + 1)::text" + (column.type == "text" ? "" : "::\(column.type)")
            }
            rows.append("(\(places.joined(separator: ", ")))")
            parameters += values
        }
        sql = """
            INSERT INTO lockstep.outbox (\(Self.columns.map(\.name).joined(separator: ", "))) \
            VALUES \(rows.joined(separator: ", "))
            """
        self.parameters = parameters
    }

    /// An array for each column, taken apart by the server.
    private init(arrays all: [[String?]]) {
        let columns = Self.columns.map(\.name).joined(separator: ", ")
        let arrays = Self.columns.indices.map { "$\($0 + 1)::text::text[]" }.joined(separator: ", ")
        let values = Self.columns.enumerated().map { index, column in
            "c\(index)" + (column.type == "text" ? "" : "::\(column.type)")
        }
        let names = Self.columns.indices.map { "c\($0)" }.joined(separator: ", ")
        sql = """
            INSERT INTO lockstep.outbox (\(columns)) SELECT \(values.joined(separator: ", ")) \
            FROM unnest(\(arrays)) WITH ORDINALITY AS rows (\(names), place) ORDER BY place
            """
        parameters = Self.columns.indices.map { column in
            "{" + all.map { Self.element($0[column]) }.joined(separator: ",") + "}"
        }
    }

    /// A value as an array's text form has it.
    private static func element(_ value: String?) -> String {
        guard let value else { return "NULL" }
        return "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
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
