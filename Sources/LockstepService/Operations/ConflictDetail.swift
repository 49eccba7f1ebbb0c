import Lockstep
import LockstepSQLite

/// A conflict with all that the ledger of conflicts has of it.
public struct ConflictDetail: Detailed, Hashable {
    /// One of its values.
    public struct Value: Encodable, Sendable, Hashable {
        /// Who wrote it.
        public var origin: String
        /// Which change wrote it.
        public var version: String
        /// What was written, as JSON text; null: the field was removed, or it is too long.
        @OrNull public var value: String?
        /// Whether the field was removed; of the existence: the record was deleted.
        public var removed: Bool
        /// Whether it is shown, or was when it was settled.
        public var shown: Bool
    }

    /// The conflict's name.
    public var id: String
    /// `open`, `decided` or `settled`.
    public var state: String
    /// The record.
    public var record: String
    /// The field; empty: whether the record exists.
    public var field: String
    /// The values, by version.
    public var values: [Value]
    /// Which policy chooses what is shown.
    public var policy: String
    /// When this office first saw it (RFC 3339).
    public var firstSeen: String
    /// The version of the change that settled it; null: nothing has.
    @OrNull public var settledBy: String?
    /// The id of that change's event; null: it did not tell of the conflict.
    @OrNull public var settledByEvent: String?
    /// When it was settled (RFC 3339).
    @OrNull public var settledAt: String?
    /// Who decided; null: nobody said so.
    @OrNull public var person: String?
    /// Why.
    @OrNull public var reason: String?

    private let lines: [String]

    private enum CodingKeys: String, CodingKey {
        case id, state, record, field, values, policy, firstSeen, settledBy, settledByEvent, settledAt, person, reason
    }

    init(_ stored: StoredConflict) {
        let conflict = stored.conflict
        id = stored.id
        state = stored.state.rawValue
        record = conflict.subject.text
        field = conflict.field
        values = conflict.values.map { value in
            let text: String? = if case .value(let json) = value.content { json.text } else { nil }
            return Value(
                origin: value.version.origin.text, version: value.version.description, value: text,
                removed: value.content == .removed, shown: value.version == conflict.shown)
        }
        lines = conflict.values.map { value in
            "\(value.version)  \(value.text)" + (value.version == conflict.shown ? "  (shown)" : "")
        }
        policy = conflict.policy
        firstSeen = stored.openedAt.rfc3339
        settledBy = stored.settlement?.by.description
        settledByEvent = stored.settlement?.event?.text
        settledAt = stored.settlement?.time?.rfc3339
        person = stored.settlement?.person
        reason = stored.settlement?.reason
    }

    public var details: [Detail] {
        var details = [
            Detail("id", id), Detail("state", state), Detail("record", record),
            Detail("field", field.isEmpty ? "(existence)" : field), Detail("values", lines.joined(separator: "\n")),
            Detail("policy", policy), Detail("first seen", firstSeen),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { details.append(Detail(name, value)) }
        }
        add("settled by", settledBy)
        add("event", settledByEvent)
        add("settled at", settledAt)
        add("decided by", person)
        add("reason", reason)
        return details
    }
}
