/// One event that was published.
public struct PublishedEvent: Detailed, Hashable {
    /// The event's name.
    public var id: String
    /// What kind of thing happened.
    public var type: String
    /// The record that it is about.
    public var subject: String
    /// Which change of the record it is.
    public var version: String
    /// What the broker routed it by.
    public var routingKey: String
    /// Whether an office receives it; it is kept in `lockstep.unrouted` otherwise.
    public var routed: Bool

    /// An event.
    public init(id: String, type: String, subject: String, version: String, routingKey: String, routed: Bool) {
        self.id = id
        self.type = type
        self.subject = subject
        self.version = version
        self.routingKey = routingKey
        self.routed = routed
    }

    public var details: [Detail] {
        let outcome = routed ? "published" : "published, but no office wants it (kept in lockstep.unrouted)"
        return [
            Detail("id", id), Detail("subject", subject), Detail("version", version), Detail("routing key", routingKey),
            Detail("outcome", outcome),
        ]
    }
}

/// What became of many events.
public struct PublishSummary: Detailed, Hashable {
    /// How many lines there were, without empty ones.
    public var lines = 0
    /// How many events the broker has for one office at least.
    public var published = 0
    /// How many it has, though no office wanted them.
    public var unrouted = 0
    /// How many it did not take.
    public var refused = 0
    /// How many lines were no event.
    public var bad = 0
    /// How long it took, in milliseconds.
    public var milliseconds = 0

    /// Nothing yet.
    public init() {}

    /// Whether every line became an event that the broker has.
    public var isComplete: Bool { refused == 0 && bad == 0 }

    public var details: [Detail] {
        let seconds = Double(milliseconds) / 1_000
        let rate = seconds > 0 ? Double(published + unrouted) / seconds : 0
        return [
            Detail("published", published), Detail("unrouted", unrouted), Detail("refused", refused),
            Detail("bad lines", bad),
            Detail("took", "\(NumberText.delay(milliseconds: milliseconds)) (\(NumberText.rate(rate)) events/s)"),
        ]
    }
}

/// A line that is no event, or that the broker did not take.
public struct BadLine: Encodable, Sendable, Hashable, CustomStringConvertible {
    /// Its number, from 1.
    public var line: Int
    /// What is wrong with it; none of its contents.
    public var reason: String

    /// A line.
    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    public var description: String { "line \(line): \(reason)" }
}
