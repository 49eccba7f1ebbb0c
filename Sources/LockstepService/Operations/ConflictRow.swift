import Lockstep
import LockstepSQLite

/// A conflict in a list.
public struct ConflictRow: TableRow, Hashable {
    private let stored: StoredConflict

    init(_ stored: StoredConflict) {
        self.stored = stored
    }

    public func encode(to encoder: any Encoder) throws {
        try ConflictDetail(stored).encode(to: encoder)
    }

    public static let columns: [TableColumn<ConflictRow>] = [
        .text("ID") { String($0.stored.id.prefix(13)) },
        .text("STATE") { $0.stored.state.rawValue },
        .text("RECORD") { $0.stored.conflict.subject.text },
        .text("FIELD") { $0.stored.conflict.fieldText },
        .text("POLICY") { $0.stored.conflict.policy },
        .text("FIRST SEEN") { $0.stored.openedAt.rfc3339 },
        .text("VALUES", isFlexible: true) { row in
            row.stored.conflict.values.map { "\($0.version.origin): \($0.text)" }.joined(separator: ", ")
        },
    ]
}

extension Conflict {
    var fieldText: String { field.isEmpty ? "(existence)" : field }
}

extension Conflict.Value {
    /// What was written, as people read it.
    var text: String {
        switch content {
        case .value(let value): value.text
        case .removed: "removed"
        case .leftOut: "(too long to be told)"
        }
    }
}
