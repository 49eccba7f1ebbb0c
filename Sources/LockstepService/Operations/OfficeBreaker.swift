public import Lockstep

/// How the breaker of an office's worker stands, as the office's file on this machine has it.
public struct OfficeBreaker: Encodable, Sendable, Hashable {
    /// `closed` where all is tried, `open` where nothing is for a while, `half-open` where one delivery is tried next.
    public var state: String
    /// Since when it is closed, or not (RFC 3339).
    public var since: String
    /// Why it is not closed; null: it is.
    @OrNull public var reason: String?
    /// When one delivery is tried next (RFC 3339); null: it is closed.
    @OrNull public var nextProbe: String?
    /// For people: the state, and for how long, and why.
    private let line: String

    private enum CodingKeys: String, CodingKey {
        case state, since, reason, nextProbe
    }

    /// How it stands at a moment.
    public init(_ report: BreakerReport, at now: Timestamp) {
        let state = report.state(at: now)
        self.state = state.rawValue
        since = report.since.rfc3339
        reason = report.reason
        nextProbe = report.nextProbe?.rfc3339
        func seconds(from: Timestamp, to: Timestamp) -> String {
            NumberText.age(seconds: Int(max(0, to.milliseconds - from.milliseconds) / 1_000))
        }
        var line = state.rawValue
        if let probe = report.nextProbe {
            line += " for " + seconds(from: report.since, to: now)
            if state == .open { line += ", tried again in " + seconds(from: now, to: probe) }
            line += ": " + (report.reason ?? "the office is down")
        }
        self.line = line
    }

    var text: String { line }
}
