public import Lockstep

/// A delivery of a ledger's list.
public struct LedgerDelivery: Sendable, Hashable {
    /// The event, without what offices have said of it.
    public var event: ListedEvent
    /// Whom it went to.
    public var office: OfficeName
    /// What the office has said of it.
    public var state: DeliveryState
    /// Where the list goes on after it.
    public var place: String
}

/// An event of a ledger's list.
public struct ListedEvent: Sendable, Hashable {
    /// The event, with what offices have said of it where events are listed.
    public var entry: LedgerEntry
    /// When the ledger heard of it first.
    public var heardAt: Timestamp
    /// Where the list goes on after it.
    public var place: String
}
