/// What an event does to its record.
public enum EventOperation: String, Sendable, Hashable, CaseIterable {
    /// The data is a JSON merge patch (RFC 7396) on the record's top level: only what changed; `null` removes.
    case merge
    /// The data is the whole record: what was seen and does not stand in it goes.
    case replace
    /// The record goes. There is no data.
    case delete
    /// The data is all that another replica knows of the record, to be joined in: see ``RecordState``.
    ///
    /// Only reconciling and bootstrapping send it, to one office; nobody can publish it.
    case state
}
