/// Something changed: a CloudEvents 1.0 event with the attributes that Lockstep adds.
public struct Event: Sendable, Hashable {
    /// The event's name, unique for its source.
    public var id: EventID
    /// Who made the change.
    public var source: Origin
    /// What kind of thing happened.
    public var type: EventType
    /// The record that it is about.
    public var subject: Subject
    /// When it happened.
    public var time: Timestamp
    /// The region or tenant that it concerns.
    public var scope: Scope?
    /// Which change of the record it is; the publisher assigns it.
    public var version: Version
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

    /// An event.
    public init(
        id: EventID,
        source: Origin,
        type: EventType,
        subject: Subject,
        time: Timestamp,
        scope: Scope? = nil,
        version: Version,
        seen: Seen = .nothing,
        operation: EventOperation = .merge,
        data: JSONObject,
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

    /// What topic exchanges route by: the type, then the scope where there is one.
    public var routingKey: String { Self.routingKey(type, scope) }

    static func routingKey(_ type: EventType, _ scope: Scope?) -> String {
        guard let scope else { return type.text }
        return type.text + "." + scope.text
    }

    /// When the event was sent on its way, in milliseconds since 1970: what delays and ages count from.
    ///
    /// By its version's clock reading; but what sends a record's state sends old versions.
    public var publishedMilliseconds: Int64 {
        operation == .state ? time.milliseconds : version.reading.milliseconds
    }

    /// What merging needs of the event.
    public var change: RecordChange {
        RecordChange(version: version, seen: seen, operation: operation, data: data, type: type)
    }
}
