/// What a report says.
///
/// Its rows stand in a fixed order, so that the same state leads to the same bytes.
struct AuditReport: Encodable, Sendable, Hashable {
    /// The moment that it speaks of (RFC 3339).
    var asOf: String
    /// The record, where it is about one only.
    @OrNull var about: String?
    /// How the offices stand.
    var offices: [ReportOffice] = []
    /// The records that are not in step, by subject.
    var differences: [ReportDifference] = []
    /// Conflicts, by record and field.
    var conflicts: [ReportConflict] = []
    /// What was given up, by subject.
    var deadLetters: [ReportDeadLetter] = []
    /// What was published, by origin.
    var changes: [ReportOrigin] = []
    /// What operators did, the first before the others.
    var actions: [ReportAction] = []
    /// Every change of the record, by version; empty where the report is about all.
    var history: [ReportVersion] = []
    /// How many rows each list has that are not shown.
    var omitted: [String: Int] = [:]
    /// What has to be known to read it.
    var notes: [String] = []

    init(asOf: String, about: String? = nil) {
        self.asOf = asOf
        self.about = about
    }

    /// The tables, in their order.
    var tables: [ReportTable] {
        func omitted(_ section: ReportSection) -> Int { self.omitted[section.rawValue] ?? 0 }
        return [
            ReportTable(history),
            ReportTable(offices),
            ReportTable(offices.map { ReportBacklog(office: $0) }),
            ReportTable(differences, omitted: omitted(.differences)),
            ReportTable(conflicts, omitted: omitted(.conflicts)),
            ReportTable(deadLetters, omitted: omitted(.deadLetters)),
            ReportTable(changes),
            ReportTable(actions, omitted: omitted(.actions)),
        ].filter { !$0.rows.isEmpty || $0.section.sentence != nil }
    }

    /// Whether nothing needs attention: every office has all, alike, and no conflict waits for a person.
    var isGood: Bool {
        offices.allSatisfy { office in
            office.behind == 0 && office.different == 0 && (office.conflictsOpen ?? 0) == 0
        }
    }
}
