/// A record that an office does not have as it should.
struct ReportDifference: ReportRow {
    /// The office's name.
    var office: String
    /// The record.
    var record: String
    /// `behind` or `different`.
    var state: String
    /// The newest version that the office has; null: none is known.
    @OrNull var version: String?
    /// The version that it should have.
    @OrNull var expected: String?
    /// Since when (RFC 3339); null: nobody knows.
    @OrNull var since: String?
    /// What shows it.
    var why: String

    static let section = ReportSection.differences

    static let cells: [ReportColumn<ReportDifference>] = [
        .text("Office") { $0.office }, .text("Record") { $0.record }, .text("State") { $0.state },
        .text("Version") { $0.version }, .text("Expected") { $0.expected }, .text("Since") { $0.since },
        .text("Why", isFlexible: true) { $0.why },
    ]
}

/// A change that an office gave up.
struct ReportDeadLetter: ReportRow {
    /// The office's name.
    var office: String
    /// The record.
    var record: String
    /// Which change of it.
    var version: String
    /// The event.
    var event: String
    /// When it was given up (RFC 3339).
    var since: String
    /// Which try that was, from 1.
    var attempts: Int
    /// Why.
    var reason: String

    static let section = ReportSection.deadLetters

    static let cells: [ReportColumn<ReportDeadLetter>] = [
        .text("Office") { $0.office }, .text("Record") { $0.record }, .text("Version") { $0.version },
        .text("Event") { $0.event }, .text("Since") { $0.since }, .number("Tries") { $0.attempts },
        .text("Why", isFlexible: true) { $0.reason },
    ]
}

/// What one origin has published.
struct ReportOrigin: ReportRow {
    /// Who made the changes.
    var origin: String
    /// How many are known.
    var changes = 0
    /// How many of them the broker has confirmed.
    var confirmed = 0
    /// How many of them no queue took.
    var unrouted = 0
    /// How many of them the broker refused.
    var refused = 0
    /// How many of them no publisher has reported.
    var unreported = 0
    /// When the last one was made (RFC 3339).
    var last = ""

    static let section = ReportSection.changes

    static let cells: [ReportColumn<ReportOrigin>] = [
        .text("Origin") { $0.origin }, .number("Changes") { $0.changes }, .number("Confirmed") { $0.confirmed },
        .number("Unrouted") { $0.unrouted }, .number("Refused") { $0.refused },
        .number("Not reported") { $0.unreported }, .text("Last") { $0.last },
    ]
}

/// What an operator did to deliveries.
struct ReportAction: ReportRow {
    /// When (RFC 3339).
    var at: String
    /// Who.
    var person: String
    /// What, like `replayed` or `paused`.
    var action: String
    /// To whose deliveries, or to what.
    var office: String
    /// To how many.
    var count: Int
    /// The ids that were named; null: all were meant.
    @OrNull var events: [String]?
    /// Why; null: nobody said so.
    @OrNull var reason: String?

    static let section = ReportSection.actions

    static let cells: [ReportColumn<ReportAction>] = [
        .text("Since") { $0.at }, .text("Person") { $0.person }, .text("Action") { $0.action },
        .text("Office") { $0.office }, .number("Count") { $0.count },
        .text("Event", isFlexible: true) { $0.events.map { $0.joined(separator: " ") } ?? "all" },
        .text("Why", isFlexible: true) { $0.reason },
    ]
}

/// One change of a record, and how one office stands to it.
struct ReportVersion: ReportRow {
    /// Which change it is.
    var version: String
    /// Who made it.
    var origin: String
    /// What kind of thing happened; null: no publisher has reported it.
    @OrNull var type: String?
    /// The region or tenant that it concerns; null also where there is none.
    @OrNull var scope: String?
    /// The event.
    var event: String
    /// When it was made (RFC 3339).
    var accepted: String
    /// `confirmed`, `unrouted` or `refused`; null: no publisher has reported it.
    @OrNull var publication: String?
    /// The office; null: nobody subscribes to such a change or has spoken of it.
    @OrNull var office: String?
    /// `applied`, `merged`, `duplicate`, `superseded` or `conflict`: it has the change; else `waiting`, `dead` or
    /// `no word yet`.
    @OrNull var state: String?
    /// Since when (RFC 3339).
    @OrNull var since: String?
    /// Why it does not have the change.
    @OrNull var reason: String?

    static let section = ReportSection.history

    static let cells: [ReportColumn<ReportVersion>] = [
        .text("Version") { $0.version }, .text("Origin") { $0.origin }, .text("Type") { $0.type },
        .text("Made") { $0.accepted }, .text("Published") { $0.publication }, .text("Office") { $0.office },
        .text("State") { $0.state }, .text("Since") { $0.since }, .text("Event", isFlexible: true) { $0.event },
        .text("Why", isFlexible: true) { $0.reason },
    ]
}
