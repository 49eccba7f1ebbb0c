/// What an adapter is told of a record: its newest merged state, not every step on the way.
public struct Change: Sendable, Hashable {
    /// The record.
    public var subject: Subject
    /// The newest version that shows in it.
    public var version: Version
    /// The record as the office shows it; nil: it is deleted.
    public var data: JSONObject?
    /// The types of all events that were about it.
    public var types: [String]

    /// A change.
    public init(subject: Subject, version: Version, data: JSONObject?, types: [String]) {
        self.subject = subject
        self.version = version
        self.data = data
        self.types = types
    }
}
