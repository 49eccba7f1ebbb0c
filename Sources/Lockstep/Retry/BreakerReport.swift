/// How the breaker of an office's worker stands: what people are told.
public struct BreakerReport: Sendable, Hashable {
    /// Whether the worker has stopped trying.
    public enum State: String, Sendable, Hashable {
        /// All is tried.
        case closed
        /// Nothing is tried for a while.
        case open
        /// One delivery is tried, to see whether the office is back.
        case halfOpen = "half-open"
    }

    /// Since when it has been closed, or not.
    public var since: Timestamp
    /// Why it is not closed, without payload; nil: it is.
    public var reason: String?
    /// When one delivery is tried next; nil: it is closed.
    public var nextProbe: Timestamp?

    /// A report.
    public init(since: Timestamp, reason: String? = nil, nextProbe: Timestamp? = nil) {
        self.since = since
        self.reason = reason
        self.nextProbe = nextProbe
    }

    /// How it stands at a moment.
    public func state(at now: Timestamp) -> State {
        nextProbe.map { now < $0 ? .open : .halfOpen } ?? .closed
    }
}

extension BreakerReport {
    /// The report as one text, which ``init(_:)`` reads.
    public var text: String {
        var fields: [(String, JSONText)] = [("since", JSONText(string: since.rfc3339))]
        if let reason { fields.append(("reason", JSONText(string: reason))) }
        if let nextProbe { fields.append(("nextProbe", JSONText(string: nextProbe.rfc3339))) }
        return JSONObject(fields).text
    }

    /// Reads a report; nil: it is none.
    public init?(_ text: String) {
        guard let fields = try? JSONObject(parsing: text),
            let since = fields["since"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            since: since, reason: fields["reason"]?.stringValue,
            nextProbe: fields["nextProbe"]?.stringValue.flatMap(Timestamp.init(rfc3339:)))
    }
}
