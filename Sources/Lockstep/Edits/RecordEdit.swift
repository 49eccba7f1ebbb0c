/// A change of a record that is made in an office, by its own program or by a person.
public struct RecordEdit: Sendable, Hashable {
    /// The record.
    public var subject: Subject
    /// What the change does to it.
    public var operation: EventOperation
    /// The fields that it writes, empty for `delete`.
    ///
    /// `.null` removes a field, where the operation is `merge`.
    public var data: JSONObject
    /// What kind of thing happened; nil: the type of the newest event about the record.
    public var type: EventType?
    /// The region or tenant that it concerns; nil: that of the newest event about the record.
    public var scope: Scope?
    /// Whether the office's own system has the change already, since it made it: then its adapter is not told of it.
    public var isKnownToAdapter: Bool
    /// W3C trace context of the event; nil: that of the task that makes the change, if it has one.
    public var traceparent: String?
    /// Extension attributes of the event.
    public var extensions: [String: String]

    /// A change.
    public init(
        _ subject: Subject,
        _ data: JSONObject = JSONObject(),
        operation: EventOperation = .merge,
        type: EventType? = nil,
        scope: Scope? = nil,
        isKnownToAdapter: Bool = true,
        extensions: [String: String] = [:]
    ) {
        self.subject = subject
        self.operation = operation
        self.data = operation == .delete ? JSONObject() : data
        self.type = type
        self.scope = scope
        self.isKnownToAdapter = isKnownToAdapter
        self.extensions = extensions
    }

    /// What the office shows after the change, if nothing else comes of it; nil: the record is deleted.
    ///
    /// - Parameter shown: What it showed before.
    package func expected(after shown: JSONObject?) -> JSONObject? {
        switch operation {
        case .delete: return nil
        case .replace: return data
        // Refused before it is made.
        case .state: return shown
        case .merge:
            var expected = shown ?? JSONObject()
            for field in data.fields { expected[field.name] = field.value.isNull ? nil : field.value }
            return expected
        }
    }
}
