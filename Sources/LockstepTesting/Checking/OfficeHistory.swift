public import Lockstep

/// What one office did with its deliveries, and what it holds in the end.
public struct OfficeHistory: Sendable {
    /// A record as the office's replica shows it.
    public struct Held: Sendable, Hashable {
        /// The record's newest version.
        public var version: Version
        /// Its content, in any text that is the same for the same content; empty where it is deleted.
        public var content: String

        /// A record.
        public init(version: Version, content: String) {
            self.version = version
            self.content = content
        }
    }

    /// A delivery that was given up.
    public struct DeadLetter: Sendable, Hashable {
        /// The event's id.
        public var id: EventID
        /// Why it was given up.
        public var reason: String

        /// A dead letter.
        public init(id: EventID, reason: String) {
            self.id = id
            self.reason = reason
        }
    }

    /// The office's name.
    public var name: String
    /// Which events it is to get; `nil` for all.
    public var wanted: Set<EventID>?
    /// The events that its replica took in, one entry for each time.
    public var applied: [EventID]
    /// What was given up.
    public var dead: [DeadLetter]
    /// The records in the end.
    public var state: [Subject: Held]

    /// A history.
    public init(
        name: String, wanted: Set<EventID>? = nil, applied: [EventID] = [], dead: [DeadLetter] = [],
        state: [Subject: Held] = [:]
    ) {
        self.name = name
        self.wanted = wanted
        self.applied = applied
        self.dead = dead
        self.state = state
    }

    /// Whether the office is to get an event.
    func wants(_ id: EventID) -> Bool { wanted?.contains(id) ?? true }
}
