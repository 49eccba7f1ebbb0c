public import Lockstep

/// Something that the hub does, or did, while nobody waits for it.
public struct StoredOperation: Sendable, Hashable {
    /// How far it is.
    public enum State: String, Sendable, CaseIterable {
        /// It goes on.
        case running
        /// It came to its end.
        case done
        /// It ended before that, by an error.
        case failed
        /// Somebody had it stopped.
        case cancelled
        /// The hub ended before it.
        case interrupted
    }

    /// What names it.
    public var id: String
    /// What is done, like `migration`.
    public var kind: String
    /// Whose; nil: of all offices.
    public var office: OfficeName?
    /// Who wants it.
    public var person: String
    /// Why.
    public var reason: String
    /// How far it is.
    public var state: State
    /// How much of it is done.
    public var done = 0
    /// Of how much; nil: nobody knows.
    public var total: Int?
    /// When it was begun.
    public var begun: Timestamp
    /// When it ended; nil: it goes on.
    public var ended: Timestamp?
    /// What came of it, as JSON; nil: nothing yet, or it did not come to its end.
    public var result: String?
    /// Why it did not come to its end.
    public var problem: String?

    /// One that begins.
    public init(
        id: String, kind: String, office: OfficeName?, person: String, reason: String, begun: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.office = office
        self.person = person
        self.reason = reason
        self.begun = begun
        state = .running
    }

    /// Whether this one and another one must not go on at once: they do the same, to the same office.
    public func excludes(_ other: StoredOperation) -> Bool {
        kind == other.kind && (office == nil || other.office == nil || office == other.office)
    }
}
