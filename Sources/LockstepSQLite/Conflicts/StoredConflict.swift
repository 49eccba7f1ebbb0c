public import Lockstep

/// A conflict as a replica's ledger of conflicts has it.
public struct StoredConflict: Sendable, Hashable {
    /// How a conflict stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// A person has to settle it.
        case open
        /// The policy chooses what is shown; the values are still there side by side.
        case decided
        /// A change that had seen the values replaced them, or they are the same now.
        case settled
    }

    /// The conflict's name; of one that is not settled it changes when its values do.
    public var id: String
    /// How it stands.
    public var state: State
    /// The conflict.
    public var conflict: Conflict
    /// When this office first saw it, by its own clock; of one that it never saw, when it heard that it is settled.
    public var openedAt: Timestamp
    /// How it was settled; nil: it is not.
    public var settlement: ConflictSettlement?

    /// A conflict with what the ledger has of it.
    public init(
        id: String, state: State, conflict: Conflict, openedAt: Timestamp, settlement: ConflictSettlement? = nil
    ) {
        self.id = id
        self.state = state
        self.conflict = conflict
        self.openedAt = openedAt
        self.settlement = settlement
    }
}
