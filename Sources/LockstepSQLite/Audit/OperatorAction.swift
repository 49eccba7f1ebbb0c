public import Lockstep

/// Something that an operator did: to deliveries, to a subscription, to a token.
public struct OperatorAction: Sendable, Hashable {
    /// When.
    public var at: Timestamp
    /// Who.
    public var person: String
    /// What, like `replayed`.
    public var action: String
    /// To what: an office's name, a token's.
    public var target: String
    /// To how many deliveries; 1 where it was none of them.
    public var count: Int
    /// The ids that were named; nil: all were meant.
    public var events: [String]?
    /// What exactly, like the difference between before and after, and never a secret; nil: the action says it all.
    public var detail: String?
    /// Why; nil: nobody said so.
    public var reason: String?

    /// Something done to deliveries of an office.
    public init(
        at: Timestamp, person: String, action: String, office: OfficeName, count: Int, events: [String]?,
        detail: String? = nil, reason: String?
    ) {
        self.init(
            at: at, person: person, action: action, target: office.text, count: count, detail: detail, reason: reason)
        self.events = events
    }

    /// Something done to whatever has a name.
    public init(
        at: Timestamp, person: String, action: String, target: String, count: Int = 1, detail: String? = nil,
        reason: String?
    ) {
        self.at = at
        self.person = person
        self.action = action
        self.target = target
        self.count = count
        self.detail = detail
        self.reason = reason
    }
}
