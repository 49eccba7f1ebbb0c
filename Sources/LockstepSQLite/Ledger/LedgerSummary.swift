public import Lockstep

/// What the ledger knows of an office, all events together.
public struct LedgerSummary: Sendable, Hashable {
    /// Whose.
    public var office: OfficeName
    /// How many events it has.
    public var held = 0
    /// How many it tries again.
    public var waiting = 0
    /// How many it gave up.
    public var dead = 0
    /// How many events it subscribes to that the broker has confirmed, and has not said anything about; those that are
    /// older than its subscription are not counted.
    public var silent = 0
    /// When it said last that it has an event, also one that the ledger has forgotten.
    public var lastHeld: Timestamp?
    /// How long the events that it has took from their publication until it had them.
    public var delays = DelayHistogram()

    /// How many events there are that it subscribes to, or has spoken of.
    public var events: Int { held + waiting + dead + silent }

    /// An office of which nothing is known.
    public init(office: OfficeName) {
        self.office = office
    }
}
