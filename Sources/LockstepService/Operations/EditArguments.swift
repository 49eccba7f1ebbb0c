public import Lockstep

/// What somebody said on the command line about a change in an office.
public struct EditArguments: Sendable, Hashable {
    /// The record.
    public var subject: String
    /// `field=value`, each.
    public var assignments: [String]
    /// Fields to remove.
    public var removed: [String]
    /// What the change does.
    public var operation: EventOperation
    /// What kind of thing happened; nil: the type of the newest event about the record.
    public var type: String?
    /// The region or tenant; nil: that of the newest event about the record.
    public var scope: String?
    /// Whether the office's own system is told of the change.
    public var isPushed: Bool

    /// Arguments.
    public init(
        subject: String,
        assignments: [String] = [],
        removed: [String] = [],
        operation: EventOperation = .merge,
        type: String? = nil,
        scope: String? = nil,
        isPushed: Bool = false
    ) {
        self.subject = subject
        self.assignments = assignments
        self.removed = removed
        self.operation = operation
        self.type = type
        self.scope = scope
        self.isPushed = isPushed
    }

    /// The change that was meant.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` that names the argument.
    public func edit() throws(LockstepError) -> RecordEdit {
        let data = try data()
        switch operation {
        case .delete where !data.fields.isEmpty:
            throw LockstepError(.invalidEvent, "--delete removes the whole record; leave the fields out")
        case .replace where !removed.isEmpty:
            throw LockstepError(
                .invalidEvent, "--replace removes all fields that are not given anyway; leave --remove out")
        case .replace where data.fields.isEmpty, .merge where data.fields.isEmpty:
            throw LockstepError(
                .invalidEvent, "nothing is changed; give field=value, --remove FIELD, or --delete")
        case .delete, .replace, .merge, .state: break
        }
        var edit = RecordEdit(
            try named("SUBJECT") { () throws(LockstepError) in try Subject(subject) }, data, operation: operation,
            isKnownToAdapter: !isPushed)
        edit.type = try named("--type") { () throws(LockstepError) in
            try type.map { type throws(LockstepError) in try EventType(type) }
        }
        edit.scope = try named("--scope") { () throws(LockstepError) in
            try scope.map { scope throws(LockstepError) in try Scope(scope) }
        }
        return edit
    }

    private func data() throws(LockstepError) -> JSONObject {
        var data = JSONObject()
        func set(_ name: String, to value: JSONText) throws(LockstepError) {
            guard data[name] == nil else { throw LockstepError(.invalidEvent, "the field '\(name)' is given twice") }
            data[name] = value
        }
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw LockstepError(
                    .invalidEvent, "'\(assignment)' is no change of a field; write field=value, like status=Issued")
            }
            let text = String(assignment[assignment.index(after: equals)...])
            // What is no JSON is text: nobody wants to quote a word twice for the shell.
            try set(String(assignment[..<equals]), to: (try? JSONText(parsing: text)) ?? JSONText(string: text))
        }
        for name in removed { try set(name, to: .null) }
        return data
    }

    private func named<Value>(
        _ name: String, _ make: () throws(LockstepError) -> Value
    ) throws(LockstepError) -> Value {
        do {
            return try make()
        } catch {
            throw LockstepError(error.code, "\(name): \(error.message)", underlying: error.underlying)
        }
    }
}
