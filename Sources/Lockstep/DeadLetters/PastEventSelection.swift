/// Which past events are sent to an office again: those that fit all that is said, and that the office subscribes to.
public struct PastEventSelection: Sendable, Hashable {
    /// Those that happened then or later; nil: as far back as the archive goes.
    public var since: Timestamp?
    /// Those that happened before then; nil: up to now.
    public var until: Timestamp?
    /// Those whose type fits this pattern, like `permit.*`.
    public var type: TopicPattern?
    /// Those about this record; with an asterisk at its end, about all whose names begin so: `permit/24-*`.
    public var about: String?

    /// A choice.
    public init(
        since: Timestamp? = nil, until: Timestamp? = nil, type: TopicPattern? = nil, about: String? = nil
    ) {
        self.since = since
        self.until = until
        self.type = type
        self.about = about
    }

    /// Whether an event is meant.
    public func contains(_ event: Event) -> Bool {
        if let since, event.time < since { return false }
        if let until, event.time >= until { return false }
        if let type, !type.matches(event.type.text) { return false }
        if let about, !DeadLetterSelection.isAbout(event.subject.text, about) { return false }
        return true
    }

    /// What was chosen, for auditors.
    public var text: String {
        var parts: [String] = []
        if let since { parts.append("since \(since)") }
        if let until { parts.append("until \(until)") }
        if let type { parts.append("type \(type)") }
        if let about { parts.append("about \(about)") }
        return parts.isEmpty ? "all past events" : "past events " + parts.joined(separator: ", ")
    }
}
