import Lockstep
import LockstepSQLite

/// A conflict that the replicas on this machine have recorded.
struct ReportConflict: ReportRow {
    /// One of the values.
    struct Value: Encodable, Sendable, Hashable {
        /// Who wrote it, and when.
        var version: String
        /// The JSON that was written; null: the field was removed, or it is too long to be told.
        @OrNull var value: String?
    }

    /// Its name, the same in every office.
    var id: String
    /// The record.
    var record: String
    /// The field; empty: whether the record exists.
    var field: String
    /// `open`, `decided` or `settled`.
    var state: String
    /// Which policy chooses what is shown.
    var policy: String
    /// The version of the value that was shown.
    var shown: String
    /// The values.
    var values: [Value]
    /// When it was seen first (RFC 3339).
    var opened: String
    /// The offices whose replicas have recorded it so.
    var offices: [String]
    /// The version of the change that settled it; null, as all below: it is not settled.
    @OrNull var settledBy: String?
    /// When it was settled (RFC 3339).
    @OrNull var settled: String?
    /// Who decided; null also where nobody said so.
    @OrNull var person: String?
    /// Why; null also where nobody said so.
    @OrNull var reason: String?

    static let section = ReportSection.conflicts

    static let cells: [ReportColumn<ReportConflict>] = [
        .text("Record") { $0.record }, .text("Field") { $0.field.isEmpty ? "(existence)" : $0.field },
        .text("State") { $0.state }, .text("Policy") { $0.policy },
        .text("Values", isFlexible: true) { row in
            row.values.map { "\(origin($0.version)): \($0.value ?? "removed")" }.joined(separator: ", ")
        },
        .text("Shown") { origin($0.shown) }, .text("Since") { $0.opened }, .text("Settled") { $0.settled },
        .text("Person") { $0.person }, .text("Why", isFlexible: true) { $0.reason }, .text("Id") { $0.id },
        .text("Offices") { $0.offices.joined(separator: " ") },
    ]

    private static func origin(_ version: String) -> String { (try? Version(version))?.origin.text ?? version }
}

extension ReportConflict {
    /// The conflict as an office knew of it at a moment; nil: it did not yet.
    init?(_ stored: StoredConflict, in office: OfficeName, asOf moment: Timestamp) {
        let (conflict, settlement) = (stored.conflict, stored.settlement)
        let seen = min(stored.openedAt, settlement?.time ?? stored.openedAt)
        guard seen <= moment else { return nil }
        let isSettled = settlement?.time.map { $0 <= moment } ?? (stored.state == .settled)
        id = stored.id
        record = conflict.subject.text
        field = conflict.field
        // Of a conflict that was settled later, the policy says whether it waited for a person.
        state =
            isSettled || stored.state != .settled
            ? stored.state.rawValue : conflict.policy == "ask" ? "open" : "decided"
        policy = conflict.policy
        shown = conflict.shown.description
        values = conflict.values.map { value in
            let text: String? = if case .value(let json) = value.content { json.text } else { nil }
            return Value(version: value.version.description, value: text)
        }
        opened = seen.rfc3339
        offices = [office.text]
        guard isSettled else { return }
        settledBy = settlement?.by.description
        settled = settlement?.time?.rfc3339
        person = settlement?.person
        reason = settlement?.reason
    }

    /// Joins what several offices have recorded: one row for each conflict and state, by record and field.
    static func joined(_ rows: [ReportConflict]) -> [ReportConflict] {
        var byName: [String: ReportConflict] = [:]
        for row in rows {
            let key = "\(row.id) \(row.state)"
            guard var known = byName[key] else {
                byName[key] = row
                continue
            }
            known.offices = (known.offices + row.offices).sorted()
            known.opened = min(known.opened, row.opened)
            byName[key] = known
        }
        return byName.values.sorted {
            ($0.record, $0.field, $0.opened, $0.id, $0.state) < ($1.record, $1.field, $1.opened, $1.id, $1.state)
        }
    }
}
