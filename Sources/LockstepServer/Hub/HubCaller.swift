public import Lockstep

/// Whether somebody may use the hub, and as whom.
public enum HubAccess: Sendable, Hashable {
    /// As this one.
    case granted(HubCaller)
    /// Not at all: there is no token, or one that is not taken; why, for people.
    case refused(String)
}

/// Somebody who uses the hub.
public struct HubCaller: Sendable, Hashable {
    /// The token's name; audits name it as the person.
    public var name: String
    /// What the token allows; nil: no token was ever made, and everything is allowed to whoever is on this machine.
    public var role: AccessRole?
    /// Who this one's events come from; nil: the events say so.
    public var origin: Origin?

    /// The bearer of a token.
    public init(name: String, role: AccessRole?, origin: Origin? = nil) {
        self.name = name
        self.role = role
        self.origin = origin
    }

    /// Whether something that a role is needed for is allowed.
    func may(_ needed: AccessRole) -> Bool { role?.allows(needed) ?? true }
}
