/// Something changed: a CloudEvents 1.0 event with the attributes that Lockstep adds.
public struct Event: Sendable, Hashable {
    /// All that it says, behind one pointer: on its way through an office an event is copied often, and changed never.
    private var contents: Contents

    /// The event's name, unique for its source.
    public var id: EventID {
        get { contents.all.id }
        set { change { $0.id = newValue } }
    }
    /// Who made the change.
    public var source: Origin {
        get { contents.all.source }
        set { change { $0.source = newValue } }
    }
    /// What kind of thing happened.
    public var type: EventType {
        get { contents.all.type }
        set { change { $0.type = newValue } }
    }
    /// The record that it is about.
    public var subject: Subject {
        get { contents.all.subject }
        set { change { $0.subject = newValue } }
    }
    /// When it happened.
    public var time: Timestamp {
        get { contents.all.time }
        set { change { $0.time = newValue } }
    }
    /// The region or tenant that it concerns.
    public var scope: Scope? {
        get { contents.all.scope }
        set { change { $0.scope = newValue } }
    }
    /// Which change of the record it is; the publisher assigns it.
    public var version: Version {
        get { contents.all.version }
        set { change { $0.version = newValue } }
    }
    /// What its origin had seen of the record.
    public var seen: Seen {
        get { contents.all.seen }
        set { change { $0.seen = newValue } }
    }
    /// What it does to the record.
    public var operation: EventOperation {
        get { contents.all.operation }
        set { change { $0.operation = newValue } }
    }
    /// The fields that it writes; empty for `delete`.
    public var data: JSONObject {
        get { contents.all.data }
        set { change { $0.data = newValue } }
    }
    /// W3C trace context, passed through.
    public var traceparent: String? {
        get { contents.all.traceparent }
        set { change { $0.traceparent = newValue } }
    }
    /// Other extension attributes, passed through.
    public var extensions: [String: String] {
        get { contents.all.extensions }
        set { change { $0.extensions = newValue } }
    }
    /// When its publisher was given it, where that was some time before it is published: it waited in an outbox.
    ///
    /// Only its publisher knows it: it is not sent, and makes no two events different.
    public var acceptedAt: Timestamp? { contents.acceptedAt }

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
        extensions: [String: String] = [:],
        acceptedAt: Timestamp? = nil
    ) {
        contents = Contents(
            All(
                id: id, source: source, type: type, subject: subject, time: time, scope: scope, version: version,
                seen: seen, operation: operation, data: data, traceparent: traceparent, extensions: extensions),
            acceptedAt: acceptedAt)
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

extension Event {
    private struct All: Sendable, Hashable {
        var id: EventID
        var source: Origin
        var type: EventType
        var subject: Subject
        var time: Timestamp
        var scope: Scope?
        var version: Version
        var seen: Seen
        var operation: EventOperation
        var data: JSONObject
        var traceparent: String?
        var extensions: [String: String]
    }

    private final class Contents: Sendable {
        let all: All
        let acceptedAt: Timestamp?

        init(_ all: All, acceptedAt: Timestamp?) {
            self.all = all
            self.acceptedAt = acceptedAt
        }
    }

    private mutating func change(_ body: (inout All) -> Void) {
        var all = contents.all
        body(&all)
        contents = Contents(all, acceptedAt: contents.acceptedAt)
    }

    public static func == (left: Event, right: Event) -> Bool {
        left.contents === right.contents || left.contents.all == right.contents.all
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(contents.all)
    }
}
