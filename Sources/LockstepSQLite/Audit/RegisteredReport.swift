public import Lockstep

/// What the register says of a report that was made.
public struct RegisteredReport: Sendable, Hashable {
    /// Its number, from 1 on without gaps.
    public var number: Int
    /// When it was made.
    public var made: Timestamp
    /// How it was written, like `json`.
    public var form: String
    /// The digest of what it says.
    public var content: String
    /// The digest of the report before; nil: it is the first one.
    public var previous: String?
    /// The digest of all that.
    public var digest: String

    /// An entry.
    public init(number: Int, made: Timestamp, form: String, content: String, previous: String?, digest: String) {
        self.number = number
        self.made = made
        self.form = form
        self.content = content
        self.previous = previous
        self.digest = digest
    }
}

/// Something that an operator did to deliveries.
public struct OperatorAction: Sendable, Hashable {
    /// When.
    public var at: Timestamp
    /// Who.
    public var person: String
    /// What, like `replayed`.
    public var action: String
    /// To whose deliveries.
    public var office: OfficeName
    /// To how many.
    public var count: Int
    /// The ids that were named; nil: all were meant.
    public var events: [String]?
    /// Why; nil: nobody said so.
    public var reason: String?

    /// An action.
    public init(
        at: Timestamp, person: String, action: String, office: OfficeName, count: Int, events: [String]?,
        reason: String?
    ) {
        self.at = at
        self.person = person
        self.action = action
        self.office = office
        self.count = count
        self.events = events
        self.reason = reason
    }
}
