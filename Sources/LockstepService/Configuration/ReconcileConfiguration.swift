public import Lockstep

/// Which replica the offices are compared with, and when.
public struct ReconcileConfiguration: Sendable, Hashable {
    /// The office that takes every event (`#`) and whose replica is therefore the core's; nil: there is none.
    public var core: OfficeName?
    /// How often the core's worker compares all offices with it; nil: never by itself.
    public var every: Duration?

    /// Neither, unless said otherwise.
    public init(core: OfficeName? = nil, every: Duration? = nil) {
        self.core = core
        self.every = every
    }
}
