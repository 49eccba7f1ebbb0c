public import Lockstep
public import LockstepSQLite

/// A record with each field's values and their versions.
///
/// Written as JSON by hand: the values are JSON already, and must keep their bytes.
public struct RecordDetail: Sendable {
    private let record: Record
    private let policy: ConflictPolicy
    private let booking: StoredBooking?

    /// A record as an office shows it.
    public init(_ record: Record, policy: ConflictPolicy, booking: StoredBooking? = nil) {
        self.record = record
        self.policy = policy
        self.booking = booking
    }

    /// Field, version, origin and value, a line each; the values of a conflict below the one that shows.
    public var text: String {
        let shown = record.shown(by: policy)
        var details = [
            Detail("subject", record.subject.text),
            Detail("version", record.version?.description ?? "-"),
            Detail("deleted", record.exists(by: policy) ? "no" : "yes"),
        ]
        if let booking {
            details.append(Detail("books", "\(booking.resource) \(booking.span?.description ?? "for no time")"))
            details.append(Detail("booking", booking.isRefused ? "refused: \(booking.reason ?? "-")" : "stands"))
        }
        var text = DetailText.text(details)
        let rows = record.fields.flatMap { field in
            field.register.values.map { value in
                let isShown = value.content == shown?[field.name]
                return FieldRow(
                    field: field.name,
                    version: value.version.description,
                    value: value.content?.text ?? "removed",
                    note: !field.register.isInConflict ? "" : isShown ? "conflict, shown" : "conflict"
                )
            }
        }
        if !rows.isEmpty { text += "\n" + TextTable.text(rows) }
        return text
    }

    /// `subject`, `version`, `deleted`, `booking` (null: it books nothing), and `fields`: by name the values with
    /// `version`, `value` (null: removed) and `shown`.
    public var json: String {
        let shown = record.shown(by: policy)
        let fields = record.fields.map { field in
            let values = field.register.values.map { value in
                "{\"shown\":\(value.content != nil && value.content == shown?[field.name]),"
                    + "\"value\":\(value.content?.text ?? "null"),"
                    + "\"version\":\(JSONText(string: value.version.description).text)}"
            }
            return "\(JSONText(string: field.name).text):[\(values.joined(separator: ","))]"
        }
        return "{\"booking\":\(booking.map(Self.json) ?? "null"),"
            + "\"deleted\":\(!record.exists(by: policy)),\"fields\":{\(fields.joined(separator: ","))},"
            + "\"subject\":\(JSONText(string: record.subject.text).text),"
            + "\"version\":\(record.version.map { JSONText(string: $0.description).text } ?? "null")}\n"
    }

    private static func json(of booking: StoredBooking) -> String {
        func text(_ value: String?) -> JSONText { value.map { JSONText(string: $0) } ?? .null }
        return JSONObject([
            ("resource", text(booking.resource.text)), ("starts", text(booking.span?.starts.rfc3339)),
            ("ends", text(booking.span?.ends.rfc3339)), ("claim", text(booking.claim.description)),
            ("refused", booking.isRefused ? true : false), ("refusedBy", text(booking.winner?.text)),
            ("reason", text(booking.reason)),
        ]).text
    }
}

/// A value of a field, in a table.
private struct FieldRow: TableRow {
    var field: String
    var version: String
    var value: String
    var note: String

    static let columns: [TableColumn<FieldRow>] = [
        .text("FIELD") { $0.field },
        .text("VERSION") { $0.version },
        .text("VALUE") { $0.value },
        .text("NOTE") { $0.note },
    ]
}
