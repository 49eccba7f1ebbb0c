import Lockstep

/// How an office stands to an event.
public struct StatusRow: TableRow, Hashable {
    /// Its name.
    public var office: String
    /// `applied`, `merged`, `duplicate`, `superseded` or `conflict`: it has the event; `repaired`: it has what the event
    /// changed, with the whole record; `waiting`, `dead` or `no word yet`: it does not.
    public var state: String
    /// Which change of the record it is.
    public var version: String
    /// The event.
    public var event: String
    /// Since when that is so (RFC 3339); null: the office has not said anything.
    @OrNull public var since: String?
    /// From the publication until then, in milliseconds; where the office does not have the event, until now.
    public var delayMilliseconds: Int
    /// The highest number of a try; 0: none is known.
    public var attempts: Int
    /// When the next try comes at the earliest (RFC 3339); null: none does.
    @OrNull public var until: String?
    /// Why the office does not have it; null: it does, or nobody knows.
    @OrNull public var reason: String?
    /// Whether the office has the event.
    public var hasIt: Bool

    init(_ standing: Standing, event: EventID, version: Version, publishedAt: Timestamp, at now: Timestamp) {
        office = standing.office.text
        self.event = event.text
        self.version = version.description
        attempts = standing.attempts
        hasIt = standing.hasIt
        var end = now
        switch standing.word {
        case .done(let done):
            state = done.outcome.rawValue
            since = done.at.rfc3339
            end = done.at
        case .waiting(let waiting):
            state = "waiting"
            since = waiting.at.rfc3339
            until = waiting.until.rfc3339
            reason = waiting.reason
        case .dead(let dead):
            state = "dead"
            since = dead.at.rfc3339
            reason = dead.reason
        case .none: state = "no word yet"
        }
        delayMilliseconds = Int(max(0, end.milliseconds - publishedAt.milliseconds))
    }

    /// The row where the office got the change with the whole record.
    func madeGood(at moment: Timestamp, publishedAt: Timestamp) -> StatusRow {
        var row = self
        row.state = "repaired"
        row.since = moment.rfc3339
        row.delayMilliseconds = Int(max(0, moment.milliseconds - publishedAt.milliseconds))
        row.until = nil
        row.reason = nil
        row.hasIt = true
        return row
    }

    /// Why the office does not have it, as a sentence's end.
    var why: String {
        var parts = [state]
        if let until { parts.append("until \(until)") }
        if let reason { parts.append(reason) }
        return parts.joined(separator: ", ")
    }

    public static let columns: [TableColumn<StatusRow>] = [
        .text("OFFICE") { $0.office },
        .text("STATE") { $0.state },
        .text("VERSION") { $0.version },
        .text("SINCE") { $0.since ?? "-" },
        .quantity("DELAY") { NumberText.delay(milliseconds: $0.delayMilliseconds) },
        .number("TRIES") { $0.attempts == 0 ? nil : $0.attempts },
        .text("WHY", isFlexible: true) { row in
            [row.until.map { "again at \($0)" }, row.reason].compactMap(\.self).joined(separator: ": ")
        },
    ]
}
