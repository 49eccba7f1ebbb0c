/// What became of one event in a replica.
public enum MergeOutcome: String, Sendable, Hashable, CaseIterable {
    /// It was taken in, and all of it shows.
    case applied
    /// It was taken in beside changes that it had not seen, or part of it was superseded; nothing contradicts.
    case merged
    /// It was there already.
    case duplicate
    /// Something newer had replaced all that it writes.
    ///
    /// An old duplicate of a record that has moved on since counts here, too: a replica remembers the newest version
    /// of each origin, not every event.
    case superseded
    /// It was taken in, and a field that it writes now holds contents of changes that had not seen each other.
    case conflict

    /// Whether the replica is other than before.
    public var changedSomething: Bool {
        switch self {
        case .applied, .merged, .conflict: true
        case .duplicate, .superseded: false
        }
    }
}
