public import Lockstep

/// What the hub's store (`state/hub.sqlite`) adds to the file: offices that were made while everything ran, and pauses.
public struct StoredOffices: Sendable {
    /// Those of the configuration's offices that are not in the file.
    public var made: Set<OfficeName> = []
    /// Who is told nothing for now; declared offices, too.
    public var pauses: [OfficeName: OfficePause] = [:]
    /// Subscriptions that are being deleted, or whose deletion was interrupted: nobody works for them any more.
    public var leaving: [Subscription] = []
    /// Why subscriptions of the store are not among the offices; they keep no other from its work.
    public var problems: [ConfigurationProblem] = []

    /// Nothing was ever kept.
    public init() {}
}
