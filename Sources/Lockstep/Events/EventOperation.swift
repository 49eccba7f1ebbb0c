/// What an event does to its record.
public enum EventOperation: String, Sendable, Hashable, CaseIterable {
    /// The data is a JSON merge patch (RFC 7396) on the record's top level: only what changed; `null` removes.
    case merge
    /// The data is the whole record: what was seen and does not stand in it goes.
    case replace
    /// The record goes. There is no data.
    case delete
}
