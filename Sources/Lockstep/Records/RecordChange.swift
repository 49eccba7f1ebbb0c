/// One change of a record, as merging sees it: what an event says, without its envelope.
public struct RecordChange: Sendable, Hashable {
    /// Which change this is.
    public var version: Version
    /// What its origin had seen.
    public var seen: Seen
    /// What it does.
    public var operation: EventOperation
    /// The fields that it writes; empty for `delete`.
    public var data: JSONObject
    /// The type of the event.
    public var type: EventType

    /// A change.
    public init(
        version: Version,
        seen: Seen = .nothing,
        operation: EventOperation = .merge,
        data: JSONObject,
        type: EventType
    ) {
        self.version = version
        self.seen = seen
        self.operation = operation
        self.data = data
        self.type = type
    }
}
