/// The attributes of an event by name, as a binding to some transport has read them; and the way from them to a draft.
///
/// Names are lower-case letters and digits (CloudEvents 1.0, section 3.1), values are text.
public struct EventAttributes: Sendable {
    private var known = [String?](repeating: nil, count: EventAttribute.allCases.count)
    /// What others have added, by name.
    package private(set) var extensions: [String: String]

    /// No attributes.
    public init() {
        extensions = [:]
    }

    init(extensions: [String: String]) {
        self.extensions = extensions
    }

    /// The value of an attribute; nil: it is not there.
    public subscript(name: String) -> String? {
        get { EventAttribute(named: name).map { self[$0] } ?? extensions[name] }
        set {
            if let attribute = EventAttribute(named: name) {
                self[attribute] = newValue
            } else {
                extensions[name] = newValue
            }
        }
    }

    /// Takes an attribute in that a binding has read.
    ///
    /// - Parameter name: UTF-8; capital letters count as small ones.
    /// - Returns: false where it is there already, with another value.
    public mutating func insert(_ value: String, named name: UnsafeRawBufferPointer) -> Bool {
        if let attribute = EventAttribute(named: name) {
            guard let other = self[attribute] else {
                self[attribute] = value
                return true
            }
            return other == value
        }
        let name = String(decoding: name, as: UTF8.self).lowercased()
        if let other = self[name] { return other == value }
        self[name] = value
        return true
    }

    /// The value of an attribute that Lockstep knows; nil: it is not there.
    package subscript(attribute: EventAttribute) -> String? {
        get { known[attribute.rawValue] }
        set { known[attribute.rawValue] = newValue }
    }

    /// All that are there, in no particular order.
    public var all: [(name: String, value: String)] {
        EventAttribute.allCases.compactMap { attribute in self[attribute].map { (attribute.name, $0) } }
            + extensions.map { ($0.key, $0.value) }
    }

    static func missing(_ name: String) -> LockstepError {
        LockstepError(.invalidEvent, "the attribute '\(name)' is missing; an event needs it (CloudEvents 1.0)")
    }

    /// Checks the attributes and makes a draft of them.
    ///
    /// - Parameter data: The event's data; nil where there is none at all.
    /// - Throws: ``LockstepError`` that names the attribute and what is wrong with it.
    public func draft(data: JSONObject?) throws(LockstepError) -> EventDraft {
        if let version = self[.specversion], version != "1.0" {
            throw LockstepError(
                .invalidEvent, "the attribute 'specversion' is not '1.0', the only one that is understood")
        }
        if let type = self[.datacontenttype], !Self.isJSON(type) {
            throw LockstepError(
                .invalidEvent, "the attribute 'datacontenttype' is not 'application/json'; the data must be")
        }
        guard let type = self[.type] else { throw Self.missing("type") }
        guard let subject = self[.subject] else { throw Self.missing("subject") }
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
        if let id = self[.id] { draft.id = try EventID(id) }
        if let source = self[.source] { draft.source = try Origin(source) }
        if let scope = self[.scope] { draft.scope = try Scope(scope) }
        if let version = self[.recordversion] { draft.version = try Version(version) }
        if let seen = self[.recordseen] { draft.seen = try Seen(seen) }
        if let time = self[.time] {
            guard let time = Timestamp(rfc3339: time) else {
                throw LockstepError(.invalidEvent, "the attribute 'time' is not a time as in RFC 3339")
            }
            draft.time = time
        }
        draft.traceparent = self[.traceparent]
        draft.extensions = extensions
        guard extensions.isEmpty || extensions.keys.allSatisfy(Self.isName) else {
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
        guard let name = self[.operation] else { return .merge }
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
        var attributes = EventAttributes(extensions: extensions)
        attributes[.specversion] = "1.0"
        attributes[.id] = id.text
        attributes[.source] = source.text
        attributes[.type] = type.text
        attributes[.subject] = subject.text
        attributes[.time] = time.rfc3339
        attributes[.recordversion] = version.description
        if operation != .merge { attributes[.operation] = operation.rawValue }
        if operation != .delete { attributes[.datacontenttype] = "application/json" }
        attributes[.scope] = scope?.text
        attributes[.recordseen] = seen.text
        attributes[.traceparent] = traceparent
        return attributes
    }
}
