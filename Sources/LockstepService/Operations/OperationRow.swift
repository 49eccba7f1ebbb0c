import Lockstep
import LockstepSQLite

/// Something that the hub does, or did, while nobody waits for it.
public struct OperationRow: TableRow, Detailed {
    private enum Key: String, CodingKey {
        case id, kind, office, person, reason, state, done, total, begun, ended, result, problem
    }

    private let operation: StoredOperation

    init(_ operation: StoredOperation) {
        self.operation = operation
    }

    public static let columns: [TableColumn<OperationRow>] = [
        .text("OPERATION") { $0.operation.id },
        .text("KIND") { $0.operation.kind },
        .text("OFFICE") { $0.operation.office?.text ?? "all" },
        .text("STATE") { $0.operation.state.rawValue },
        .number("DONE") { $0.operation.done },
        .number("OF") { $0.operation.total },
        .text("BEGUN") { $0.operation.begun.rfc3339 },
        .text("BY", isFlexible: true) { $0.operation.person },
    ]

    public var details: [Detail] {
        var details = [
            Detail("operation", operation.id), Detail("kind", operation.kind),
            Detail("office", operation.office?.text ?? "all"), Detail("state", operation.state.rawValue),
            Detail("done", doneText),
            Detail("begun", "\(operation.begun.rfc3339) by \(operation.person): \(operation.reason)"),
        ]
        if let ended = operation.ended { details.append(Detail("ended", ended.rfc3339)) }
        if let problem = operation.problem { details.append(Detail("problem", problem)) }
        if let result = operation.result { details.append(Detail("result", result)) }
        return details
    }

    private var doneText: String {
        let done = NumberText.grouped(operation.done)
        return operation.total.map { "\(done) of \(NumberText.grouped($0))" } ?? done
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(operation.id, forKey: .id)
        try container.encode(operation.kind, forKey: .kind)
        try container.encode(operation.office?.text, forKey: .office)
        try container.encode(operation.person, forKey: .person)
        try container.encode(operation.reason, forKey: .reason)
        try container.encode(operation.state.rawValue, forKey: .state)
        try container.encode(operation.done, forKey: .done)
        try container.encode(operation.total, forKey: .total)
        try container.encode(operation.begun.rfc3339, forKey: .begun)
        try container.encode(operation.ended?.rfc3339, forKey: .ended)
        let result = try operation.result.map { EncodedJSON(value: try JSONText(parsing: $0)) }
        try container.encode(result, forKey: .result)
        try container.encode(operation.problem, forKey: .problem)
    }
}
