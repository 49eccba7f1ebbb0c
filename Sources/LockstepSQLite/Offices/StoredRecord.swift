public import Lockstep

/// A record as an office shows it.
public struct StoredRecord: Sendable, Hashable {
    /// The record's name.
    public var subject: Subject
    /// The newest version that shows in it.
    public var version: Version
    /// Whether it is deleted.
    public var deleted: Bool
    /// A JSON object in its canonical form; nil: the record is deleted.
    public var data: String?
}
