/// What an adapter is told of a record: its newest merged state, not every step on the way, unless it ``Adapter/wants``
/// events.
public struct Change: Sendable, Hashable {
    /// The record.
    public var subject: Subject
    /// The newest version that shows in it.
    ///
    /// Never older than what the adapter was told of the record before. It is the same, with other ``data``, where an
    /// older change of another field came late: the version alone does not tell that a change is there already.
    public var version: Version
    /// The record as the office shows it; nil: it is deleted.
    ///
    /// Where there is an ``event``, that one's data.
    public var data: JSONObject?
    /// The types of all events that were about it.
    ///
    /// Where there is an ``event``, that one's type.
    public var types: [String]
    /// The trace of the newest event in hand that is about the record; nil: it says nothing of one.
    ///
    /// Of a call with a single change, or whose changes all belong to one trace, `ServiceContext.current` carries the
    /// trace on already; of others, begin spans in this one's ``TraceContext/serviceContext``.
    public var trace: TraceContext?
    /// The event itself, for an adapter that ``Adapter/wants`` events; nil: this is a state.
    public private(set) var event: Event?

    /// A change.
    public init(
        subject: Subject, version: Version, data: JSONObject?, types: [String], trace: TraceContext? = nil
    ) {
        self.subject = subject
        self.version = version
        self.data = data
        self.types = types
        self.trace = trace
    }
    /// An event as a change.
    public init(_ event: Event) {
        self.init(
            subject: event.subject, version: event.version, data: event.operation == .delete ? nil : event.data,
            types: [event.type.text], trace: event.trace)
        self.event = event
    }
}
