/// An event on its way to being one: what its publisher fills in may still be missing.
public struct EventDraft: Sendable, Hashable {
    /// The event's name; made by the publisher if nil.
    public var id: EventID?
    /// Who made the change; the publisher's own origin if nil.
    public var source: Origin?
    /// What kind of thing happened.
    public var type: EventType
    /// The record that it is about.
    public var subject: Subject
    /// When it happened; now if nil.
    public var time: Timestamp?
    /// The region or tenant that it concerns.
    public var scope: Scope?
    /// Which change of the record it is; assigned by the publisher if nil.
    public var version: Version?
    /// What its origin had seen of the record.
    public var seen: Seen
    /// What it does to the record.
    public var operation: EventOperation
    /// The fields that it writes; empty for `delete`.
    public var data: JSONObject
    /// W3C trace context, passed through.
    public var traceparent: String?
    /// Other extension attributes, passed through.
    public var extensions: [String: String]

    /// A draft.
    public init(
        _ type: EventType,
        about subject: Subject,
        _ data: JSONObject = JSONObject(),
        operation: EventOperation = .merge,
        scope: Scope? = nil,
        source: Origin? = nil,
        id: EventID? = nil,
        time: Timestamp? = nil,
        version: Version? = nil,
        seen: Seen = .nothing,
        traceparent: String? = nil,
        extensions: [String: String] = [:]
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.scope = scope
        self.version = version
        self.seen = seen
        self.operation = operation
        self.data = data
        self.traceparent = traceparent
        self.extensions = extensions
    }

    /// The event, if its own attributes are enough: as it came from a publisher who need not know Lockstep.
    ///
    /// Without a version it gets one that every office derives alike, see ``Version/init(derivedFrom:source:id:)``.
    /// - Parameter acceptedAt: When its publisher was given it, where it waited in an outbox since.
    /// - Throws: ``LockstepError`` with the code `invalidEvent` that names the missing attribute.
    public consuming func received(acceptedAt: Timestamp? = nil) throws(LockstepError) -> Event {
        guard let id else { throw EventAttributes.missing("id") }
        guard let source else { throw EventAttributes.missing("source") }
        // Joining it later cannot fail any more.
        if operation == .state { _ = try RecordState(data, of: subject) }
        let version: Version
        if let own = self.version {
            version = own
        } else {
            guard let time else {
                throw LockstepError(
                    .invalidEvent,
                    "the attributes 'recordversion' and 'time' are both missing; one of them is needed to order changes"
                )
            }
            version = try Version(derivedFrom: time, source: source, id: id)
        }
        return Event(
            id: id,
            source: source,
            type: type,
            subject: subject,
            time: time ?? Timestamp(microseconds: version.reading.milliseconds * 1000),
            scope: scope,
            version: version,
            seen: seen,
            operation: operation,
            data: data,
            traceparent: traceparent,
            extensions: extensions,
            acceptedAt: acceptedAt
        )
    }
}
