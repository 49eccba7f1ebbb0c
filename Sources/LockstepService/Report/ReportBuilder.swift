import Lockstep
import LockstepSQLite

/// Counts what a report says, record by record.
///
/// Pure: it reads no clock and no store. Records come in the order of their subjects.
struct ReportBuilder {
    private let moment: Timestamp
    private let limit: Int
    private let offices: [ComparedOffice]
    private var rows: [OfficeName: ReportOffice] = [:]
    private var oldest: [OfficeName: Timestamp] = [:]
    private var oldestDead: [OfficeName: Timestamp] = [:]
    private var origins: [Origin: ReportOrigin] = [:]
    private var lastChange: [Origin: Timestamp] = [:]
    private var wanting: [String: Set<OfficeName>] = [:]
    private var report: AuditReport

    /// A report of which nothing is known yet.
    ///
    /// - Parameters:
    ///   - about: The record, where it is about one only.
    ///   - limit: How many rows the lists have at most; those of offices, origins and a record's history are whole.
    ///   - offices: In the order of the report.
    init(asOf moment: Timestamp, about subject: Subject? = nil, limit: Int, offices: [ComparedOffice]) {
        self.moment = moment
        self.limit = limit
        self.offices = offices
        report = AuditReport(asOf: moment.rfc3339, about: subject?.text)
        for office in offices {
            var row = ReportOffice(office: office.name.text, configured: office.isConfigured)
            row.source =
                switch (office.hasSpoken, office.hasReplica) {
                case (true, true): "both"
                case (true, false): "ledger"
                case (false, true): "replica"
                case (false, false): "nothing"
                }
            rows[office.name] = row
        }
    }

    /// Takes a record in.
    mutating func add(_ record: ReportedRecord) {
        for entry in record.entries where entry.isKnown(asOf: moment) {
            if !record.isWhole(entry) { count(entry) }
            guard let key = entry.publication?.routingKey, wanting[key] == nil else { continue }
            wanting[key] = Set(offices.filter { $0.subscription.wants(key) }.map(\.name))
        }
        let comparison = RecordComparison(record: record, moment: moment, offices: offices, wanting: wanting)
        for office in offices {
            guard let standing = comparison.standing(of: office) else { continue }
            count(standing, of: office.name, record.subject)
        }
        guard report.about != nil else { return }
        report.history += record.entries.filter { $0.isKnown(asOf: moment) }.flatMap { history(of: $0) }
    }

    private mutating func count(_ entry: LedgerEntry) {
        let origin = entry.publication?.source ?? entry.version.origin
        var row = origins[origin] ?? ReportOrigin(origin: origin.text)
        row.changes += 1
        switch entry.publication?.outcome {
        case .confirmed: row.confirmed += 1
        case .unrouted: row.unrouted += 1
        case .refused: row.refused += 1
        case nil: row.unreported += 1
        }
        let last = max(lastChange[origin] ?? entry.publishedAt, entry.publishedAt)
        lastChange[origin] = last
        row.last = last.rfc3339
        origins[origin] = row
    }

    private mutating func count(_ standing: RecordComparison.Standing, of office: OfficeName, _ subject: Subject) {
        guard var row = rows[office] else { return }
        row.records += 1
        for change in standing.lacking { count(change, of: office, in: &row) }
        switch standing.verdict {
        case .inStep(let isCompared):
            row.inStep += 1
            if isCompared { row.compared += 1 }
        case .behind(.changes):
            row.behind += 1
            list(standing, of: office, subject, expected: standing.lacking.last?.entry.version)
        case .behind(.version(let version)):
            row.behind += 1
            note(version.time, of: office, subject, in: &row)
            list(standing, of: office, subject, expected: version)
        case .different(let version):
            row.different += 1
            list(standing, of: office, subject, expected: version)
        }
        rows[office] = row
    }

    private mutating func count(
        _ change: RecordComparison.LackingChange, of office: OfficeName, in row: inout ReportOffice
    ) {
        let entry = change.entry
        switch change.word {
        case .waiting: row.waiting += 1
        case .dead(let dead):
            row.dead += 1
            oldestDead[office] = min(oldestDead[office] ?? dead.at, dead.at)
            row.deadSince = oldestDead[office]?.rfc3339
            append(
                ReportDeadLetter(
                    office: office.text, record: entry.subject.text, version: entry.version.description,
                    event: entry.event.text, since: dead.at.rfc3339, attempts: dead.attempt, reason: dead.reason),
                to: \.deadLetters)
            return
        case .done, nil: row.silent += 1
        }
        note(entry.publishedAt, of: office, entry.subject, in: &row)
    }

    /// Notes since when a change is not applied.
    private mutating func note(
        _ since: Timestamp, of office: OfficeName, _ subject: Subject, in row: inout ReportOffice
    ) {
        if let known = oldest[office], known <= since { return }
        oldest[office] = since
        row.oldestSince = since.rfc3339
        row.oldestAgeSeconds = Int(max(0, moment.microseconds - since.microseconds) / 1_000_000)
        row.oldestRecord = subject.text
    }

    private mutating func list(
        _ standing: RecordComparison.Standing, of office: OfficeName, _ subject: Subject, expected: Version?
    ) {
        let isDifferent = if case .different = standing.verdict { true } else { false }
        append(
            ReportDifference(
                office: office.text, record: subject.text, state: isDifferent ? "different" : "behind",
                version: standing.version?.description, expected: expected?.description,
                since: (standing.lacking.first?.entry.publishedAt ?? (isDifferent ? nil : expected?.time))?.rfc3339,
                why: standing.why),
            to: \.differences)
    }

    private mutating func append<Row: ReportRow>(_ row: Row, to list: WritableKeyPath<AuditReport, [Row]>) {
        if report[keyPath: list].count < limit {
            report[keyPath: list].append(row)
        } else {
            report.omitted[Row.section.rawValue, default: 0] += 1
        }
    }

    private func history(of entry: LedgerEntry) -> [ReportVersion] {
        let spoken = entry.deliveries.filter { $0.value.word(asOf: moment) != nil }.keys
        let wanted = entry.isConfirmed ? entry.publication.flatMap { wanting[$0.routingKey] } ?? [] : []
        let rows = offices.filter { spoken.contains($0.name) || wanted.contains($0.name) }.map { office in
            ReportVersion(entry, office.name, entry.deliveries[office.name]?.word(asOf: moment))
        }
        return rows.isEmpty ? [ReportVersion(entry, nil, nil)] : rows
    }

    /// The report, when all records have been taken in.
    ///
    /// - Parameters:
    ///   - conflicts: What each office whose replica is at hand has recorded.
    ///   - actions: What operators did.
    mutating func finish(
        conflicts: [OfficeName: [StoredConflict]], actions: [OperatorAction], notes: [String]
    ) -> AuditReport {
        var listed: [ReportConflict] = []
        for office in offices {
            guard let recorded = conflicts[office.name] else { continue }
            let known = recorded.filter { report.about == nil || $0.conflict.subject.text == report.about }
                .compactMap { ReportConflict($0, in: office.name, asOf: moment) }
            rows[office.name]?.conflictsOpen = known.count { $0.state == "open" }
            rows[office.name]?.conflictsDecided = known.count { $0.state == "decided" }
            rows[office.name]?.conflictsSettled = known.count { $0.state == "settled" }
            listed += known
        }
        for row in ReportConflict.joined(listed) { append(row, to: \.conflicts) }
        if report.about == nil {
            for action in actions { append(ReportAction(action), to: \.actions) }
        }
        report.offices = offices.compactMap { rows[$0.name] }
        report.changes = origins.values.sorted { $0.origin < $1.origin }
        report.notes = notes
        return report
    }
}

extension Version {
    /// When the change was made, by its origin's clock.
    var time: Timestamp { Timestamp(microseconds: reading.milliseconds * 1_000) }
}

extension RecordComparison.Standing {
    /// What shows that the record is not as it should be.
    fileprivate var why: String {
        switch verdict {
        case .inStep: ""
        case .different: "other content than others hold at this version"
        case .behind(.version): version == nil ? "its replica does not have it" : "its replica has an older version"
        case .behind(.changes):
            switch lacking.last?.word {
            case .waiting(let waiting): "tried again: \(waiting.reason)"
            case .dead(let dead): "given up: \(dead.reason)"
            case .done, nil: "no word yet"
            }
        }
    }
}

extension ReportAction {
    fileprivate init(_ action: OperatorAction) {
        self.init(
            at: action.at.rfc3339, person: action.person, action: action.action, office: action.target,
            count: action.count, events: action.events, reason: action.reason)
    }
}

extension ReportVersion {
    fileprivate init(_ entry: LedgerEntry, _ office: OfficeName?, _ word: DeliveryState.Word?) {
        version = entry.version.description
        origin = (entry.publication?.source ?? entry.version.origin).text
        event = entry.event.text
        accepted = entry.publishedAt.rfc3339
        type = entry.publication?.type.text
        scope = entry.publication?.scope?.text
        switch entry.publication?.outcome {
        case .confirmed: publication = "confirmed"
        case .unrouted: publication = "unrouted"
        case .refused(let reason):
            publication = "refused"
            self.reason = reason
        case nil: break
        }
        guard let office else { return }
        self.office = office.text
        switch word {
        case .done(let done):
            state = done.outcome.rawValue
            since = done.at.rfc3339
        case .waiting(let waiting):
            state = "waiting"
            since = waiting.at.rfc3339
            reason = waiting.reason
        case .dead(let dead):
            state = "dead"
            since = dead.at.rfc3339
            reason = dead.reason
        case nil: state = "no word yet"
        }
    }
}
