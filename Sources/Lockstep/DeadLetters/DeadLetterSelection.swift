/// Which dead letters of an office are meant: those that fit all that is said; where nothing is said, all.
public struct DeadLetterSelection: Sendable, Hashable {
    /// Those with one of these ids; nil: whatever their ids.
    public var ids: Set<String>?
    /// Those that were given up then or later.
    public var since: Timestamp?
    /// Those that were given up before then.
    public var until: Timestamp?
    /// Those of events whose type fits this pattern, like `permit.*`.
    public var type: TopicPattern?
    /// Those about this record; with an asterisk at its end, about all whose names begin so: `permit/24-*`.
    public var about: String?
    /// Those of this cause: its id, or an error class; see ``DeadLetterCause/isMeant(by:)``.
    public var cause: String?

    /// A choice.
    public init(
        ids: Set<String>? = nil, since: Timestamp? = nil, until: Timestamp? = nil, type: TopicPattern? = nil,
        about: String? = nil, cause: String? = nil
    ) {
        self.ids = ids
        self.since = since
        self.until = until
        self.type = type
        self.about = about
        self.cause = cause
    }

    /// All of them.
    public static let all = DeadLetterSelection()

    /// Those with these ids.
    public static func ids(_ ids: Set<String>) -> DeadLetterSelection { DeadLetterSelection(ids: ids) }

    /// Whether nothing is said.
    public var isAll: Bool { self == .all }

    /// Whether a dead letter is meant; what is not known of it fits nothing that is asked for.
    ///
    /// - Parameter diedAt: When it was given up.
    public func contains(
        id: String, type: String?, subject: String?, diedAt: Timestamp?, cause: @autoclosure () -> DeadLetterCause
    ) -> Bool {
        if let ids, !ids.contains(id) { return false }
        if since != nil || until != nil {
            guard let diedAt, diedAt >= since ?? diedAt else { return false }
            if let until, diedAt >= until { return false }
        }
        if let pattern = self.type, type.map(pattern.matches) != true { return false }
        if let about, subject.map({ Self.isAbout($0, about) }) != true { return false }
        if let wanted = self.cause, !cause().isMeant(by: wanted) { return false }
        return true
    }

    /// What was chosen, for auditors; nil: all.
    public var text: String? {
        var parts: [String] = []
        if let since { parts.append("since \(since)") }
        if let until { parts.append("until \(until)") }
        if let type { parts.append("type \(type)") }
        if let about { parts.append("about \(about)") }
        if let cause { parts.append("cause \(cause)") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    static func isAbout(_ subject: String, _ wanted: String) -> Bool {
        wanted.hasSuffix("*") ? subject.hasPrefix(wanted.dropLast()) : subject == wanted
    }
}
