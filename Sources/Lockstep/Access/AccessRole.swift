/// What a token lets its bearer do at the hub.
///
/// Three of them contain each other; to publish is apart: whoever sends events in need not see what others hold, and
/// whoever looks after offices must not be able to speak for a core app.
public enum AccessRole: String, Sendable, Hashable, CaseIterable {
    /// Sends events in, as one origin.
    case publish
    /// Reads all that the hub shows.
    case read
    /// Also pauses and resumes, replays and discards, and settles conflicts.
    case operate
    /// Also creates, changes and deletes subscriptions.
    case admin

    /// Whether it lets its bearer do what another role is needed for.
    public func allows(_ needed: AccessRole) -> Bool {
        guard let rank, let enough = needed.rank else { return self == needed }
        return rank >= enough
    }

    private var rank: Int? {
        switch self {
        case .publish: nil
        case .read: 0
        case .operate: 1
        case .admin: 2
        }
    }
}
