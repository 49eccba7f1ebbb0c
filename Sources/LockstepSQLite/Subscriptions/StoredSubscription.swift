public import Lockstep

/// A subscription that was made while everything ran, as the hub's store keeps it.
public struct StoredSubscription: Sendable, Hashable {
    /// Who.
    public var office: OfficeName
    /// What `lockstep.yaml` has below an office, as a JSON object; it may hold secrets.
    public var settings: String
    /// How often it was changed; a change names the one that it knows, so that no other is overwritten.
    public var revision: Int
    /// When it was made.
    public var created: Timestamp
    /// When it was last changed.
    public var changed: Timestamp
    /// Who last changed it.
    public var person: String
    /// Whether it is being deleted, which may have been interrupted.
    public var isLeaving: Bool
}

/// What the hub's store holds at one moment.
public struct StoredSubscriptions: Sendable, Hashable {
    /// The subscriptions, by name.
    public var subscriptions: [StoredSubscription]
    /// The pauses, of declared offices, too, by name.
    public var pauses: [OfficePause]

    /// So much and no more.
    public init(subscriptions: [StoredSubscription] = [], pauses: [OfficePause] = []) {
        self.subscriptions = subscriptions
        self.pauses = pauses
    }
}
