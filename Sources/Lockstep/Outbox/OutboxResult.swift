/// What became of a row of an outbox, for good.
public enum OutboxResult: Sendable, Hashable {
    /// The broker has it safe.
    case sent
    /// The broker could route it nowhere, not even to where unrouted events are kept: nobody has it. The row stays until
    /// a person has looked at it.
    case unrouted
    /// It cannot be published, now or ever, for this reason. The row stays until a person has looked at it.
    case refused(String)
}

/// A row of an outbox and what became of it.
public struct OutboxSettlement: Sendable, Hashable {
    /// The row.
    public let position: OutboxPosition
    /// What became of it.
    public let result: OutboxResult

    /// A settlement.
    public init(_ position: OutboxPosition, _ result: OutboxResult) {
        self.position = position
        self.result = result
    }
}
