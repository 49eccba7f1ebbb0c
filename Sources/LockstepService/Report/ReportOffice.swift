/// How an office stands to the records that it should have.
struct ReportOffice: ReportRow {
    /// Its name.
    var office: String
    /// Whether it is in the configuration of whoever made the report.
    var configured: Bool
    /// What it was judged by: `ledger`, `replica`, `both` or `nothing`.
    var source = "nothing"
    /// Records that it should have, or has.
    var records = 0
    /// Those that it has as it should.
    var inStep = 0
    /// Those of which a change is not there yet.
    var behind = 0
    /// Those that it holds otherwise than others at the same version.
    var different = 0
    /// Of those in step, how many were compared with another office's replica, byte for byte.
    var compared = 0
    /// Since when the oldest change is not applied that still can be (RFC 3339); null: all are.
    @OrNull var oldestSince: String?
    /// How long that is, in seconds.
    @OrNull var oldestAgeSeconds: Int?
    /// The record that it is about.
    @OrNull var oldestRecord: String?
    /// Changes that are tried again.
    var waiting = 0
    /// Changes of which the office has not said anything.
    var silent = 0
    /// Changes that were given up.
    var dead = 0
    /// Since when the oldest of these is one (RFC 3339); null: there is none.
    @OrNull var deadSince: String?
    /// Conflicts that wait for a person; null, as the next ones: its replica is not here.
    @OrNull var conflictsOpen: Int?
    /// Conflicts where the policy chooses what is shown.
    @OrNull var conflictsDecided: Int?
    /// Conflicts that a change has settled.
    @OrNull var conflictsSettled: Int?

    static let section = ReportSection.offices

    static let cells: [ReportColumn<ReportOffice>] = [
        .text("Office") { $0.label },
        .number("Records") { $0.records },
        .number("In step") { $0.inStep },
        .number("Behind") { $0.behind },
        .number("Different") { $0.different },
        .age("Oldest not applied") { $0.oldestAgeSeconds },
        .text("Oldest record", isFlexible: true) { $0.oldestRecord },
        .number("Compared") { $0.compared },
        .text("Judged by") { $0.source },
    ]

    fileprivate var label: String { configured ? office : "\(office) (not configured)" }
}

/// What waits at an office: its deliveries and its conflicts, as a table beside that of its records.
struct ReportBacklog: ReportRow {
    /// The office.
    let office: ReportOffice

    static let section = ReportSection.backlog

    static let cells: [ReportColumn<ReportBacklog>] = [
        .text("Office") { $0.office.label },
        .number("Retrying") { $0.office.waiting },
        .number("No word") { $0.office.silent },
        .number("Dead") { $0.office.dead },
        .text("Dead since") { $0.office.deadSince },
        .number("Open conflicts") { $0.office.conflictsOpen },
        .number("Decided") { $0.office.conflictsDecided },
        .number("Settled") { $0.office.conflictsSettled },
    ]
}
