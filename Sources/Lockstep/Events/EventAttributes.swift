/// The attributes of an event by name, as a binding to some transport has read them; and the way from them to a draft.
public struct EventAttributes: Sendable {
    /// Attribute names (CloudEvents 1.0, section 3.1: lower-case letters and digits) and their values as text.
    public var values: [String: String]

    /// Attributes by name.
    public init(_ values: [String: String] = [:]) {
        self.values = values
    }

    private static let known: Set<String> = [
        "id", "source", "type", "subject", "time", "specversion", "datacontenttype",
        "scope", "recordversion", "recordseen", "operation", "traceparent",
    ]

    static func missing(_ name: String) -> LockstepError {
        LockstepError(.invalidEvent, "the attribute '\(name)' is missing; an event needs it (CloudEvents 1.0)")
    }

    /// Checks the attributes and makes a draft of them.
    ///
    /// - Parameter data: The event's data; nil where there is none at all.
    /// - Throws: ``LockstepError`` that names the attribute and what is wrong with it.
    public func draft(data: JSONObject?) throws(LockstepError) -> EventDraft {
        if let version = values["specversion"], version != "1.0" {
            throw LockstepError(
                .invalidEvent, "the attribute 'specversion' is not '1.0', the only one that is understood")
        }
        if let type = values["datacontenttype"], !Self.isJSON(type) {
            throw LockstepError(
                .invalidEvent, "the attribute 'datacontenttype' is not 'application/json'; the data must be")
        }
        guard let type = values["type"] else { throw Self.missing("type") }
        guard let subject = values["subject"] else { throw Self.missing("subject") }
        let operation = try operation()
        if operation != .delete, data == nil {
            throw LockstepError(.invalidEvent, "the data is missing; '\(operation.rawValue)' needs a JSON object")
        }
        var draft = EventDraft(
            try EventType(type),
            about: try Subject(subject),
            operation == .delete ? JSONObject() : data ?? JSONObject(),
            operation: operation
        )
        if let id = values["id"] { draft.id = try EventID(id) }
        if let source = values["source"] { draft.source = try Origin(source) }
        if let scope = values["scope"] { draft.scope = try Scope(scope) }
        if let version = values["recordversion"] { draft.version = try Version(version) }
        if let seen = values["recordseen"] { draft.seen = try Seen(seen) }
        if let time = values["time"] {
            guard let time = Timestamp(rfc3339: time) else {
                throw LockstepError(.invalidEvent, "the attribute 'time' is not a time as in RFC 3339")
            }
            draft.time = time
        }
        draft.traceparent = values["traceparent"]
        // Most events have none: no dictionary is made to find that out.
        if !values.keys.allSatisfy(Self.known.contains) {
            draft.extensions = values.filter { !Self.known.contains($0.key) }
        }
        guard draft.extensions.keys.allSatisfy(Self.isName) else {
            throw LockstepError(
                .invalidEvent,
                "an attribute's name is not made of lower-case letters and digits, 64 at most (CloudEvents 1.0, section 3.1)"
            )
        }
        return draft
    }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 64 && Name.isLowercaseWord(name) && !name.utf8.contains(UInt8(ascii: "-"))
    }

    private func operation() throws(LockstepError) -> EventOperation {
        guard let name = values["operation"] else { return .merge }
        guard let operation = EventOperation(rawValue: name) else {
            throw LockstepError(.invalidEvent, "the attribute 'operation' is none of 'merge', 'replace' and 'delete'")
        }
        return operation
    }

    /// Whether a media type is JSON: `application/json` or with the suffix `+json`, parameters aside.
    public static func isJSON(_ mediaType: String) -> Bool {
        if mediaType == "application/json" { return true }
        let type = mediaType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return type == "application/json" || type == "text/json" || type.hasSuffix("+json")
    }
}

extension Event {
    /// The event's attributes by name, all of them.
    public var attributes: EventAttributes {
        var values = extensions
        values["specversion"] = "1.0"
        values["id"] = id.text
        values["source"] = source.text
        values["type"] = type.text
        values["subject"] = subject.text
        values["time"] = time.rfc3339
        values["recordversion"] = version.description
        if operation != .merge { values["operation"] = operation.rawValue }
        if operation != .delete { values["datacontenttype"] = "application/json" }
        if let scope { values["scope"] = scope.text }
        if let seen = seen.text { values["recordseen"] = seen }
        if let traceparent { values["traceparent"] = traceparent }
        return EventAttributes(values)
    }
}
