import FoundationEssentials
public import Lockstep
import LockstepSQLite

extension Operations {
    /// Makes a report from the ledger and the replicas that are in the state directory, and enters it into the register
    /// there.
    ///
    /// - Parameter core: The office whose replica is right where as many hold one content as another; nil: that of `reconcile`, else the first one
    ///   that takes every event (`#`), else the first one.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where there is neither a ledger nor a replica, or
    ///   nobody has heard of the record.
    public func report(
        _ arguments: ReportArguments, core: OfficeName? = nil, clock: WallClock = .system
    ) async throws -> SealedReport {
        let now = clock.now
        let report = try await unsealedReport(
            arguments, core: core ?? configuration.reconcile.core, now: now)
        let content = try ReportSeal.content(of: report)
        let audit = try SQLiteAudit(path: configuration.auditFile)
        defer { try? audit.close() }
        let form = arguments.form
        let entry = try await audit.register { number, previous in
            ReportSeal(number: number, made: now, form: form, content: content, previous: previous).entry(made: now)
        }
        return SealedReport(report: report, seal: ReportSeal(entry))
    }

    /// Checks saved reports against each other, and against the register where the state directory has one.
    ///
    /// - Throws: What kept a file from being read.
    public func check(reports files: [String]) async throws -> [ReportCheck] {
        var register: [RegisteredReport]?
        if FileManager.default.fileExists(atPath: configuration.auditFile) {
            let audit = try SQLiteAudit(reading: configuration.auditFile)
            defer { try? audit.close() }
            register = try await audit.reports()
        }
        let texts = try files.map { file in
            guard let data = FileManager.default.contents(atPath: file) else {
                throw LockstepError(.notFound, "The file '\(file)' cannot be read.")
            }
            return (file, String(decoding: data, as: UTF8.self))
        }
        return ReportChain.checks(texts, register: register)
    }

    private func unsealedReport(
        _ arguments: ReportArguments, core: OfficeName?, now: Timestamp
    ) async throws -> AuditReport {
        let moment = arguments.asOf ?? now
        guard moment <= now else {
            throw LockstepError(.invalidName, "\(moment) has not come yet; give a time that has, or none for now.")
        }
        let sites = try await sites(replicas: arguments.asOf == nil, core: core)
        var builder = ReportBuilder(
            asOf: moment, about: arguments.about, limit: arguments.limit, offices: sites.offices)
        if let subject = arguments.about {
            builder.add(try await sites.record(subject))
        } else {
            var sources = try await ReportSources(
                ledger: sites.ledger, replicas: arguments.asOf == nil ? sites.replicas : [])
            while let record = try await sources.next() { builder.add(record) }
        }
        var conflicts: [OfficeName: [StoredConflict]] = [:]
        for (office, reader) in sites.replicas {
            conflicts[office] = try await reader.conflicts(Set(StoredConflict.State.allCases))
        }
        return builder.finish(
            conflicts: conflicts, actions: try await actions(until: moment),
            notes: sites.notes(asOf: arguments.asOf, now: now, keep: configuration.ledger.keep))
    }

    private func actions(until moment: Timestamp) async throws -> [OperatorAction] {
        guard FileManager.default.fileExists(atPath: configuration.auditFile) else { return [] }
        // The report is about to be entered there anyway; an older release's file is brought up to date.
        let audit = try SQLiteAudit(path: configuration.auditFile)
        defer { try? audit.close() }
        return try await audit.actions(until: moment)
    }

    /// What of the configuration's offices is in the state directory.
    ///
    /// - Parameter replicas: Whether the replicas are to be compared.
    private func sites(replicas: Bool, core: OfficeName?) async throws -> ReportSites {
        var sites = ReportSites()
        if FileManager.default.fileExists(atPath: configuration.ledgerFile) { sites.ledger = try ledgerReader() }
        let spoken = try await sites.ledger?.offices() ?? []
        for subscription in configuration.offices {
            let file = configuration.replicaFile(of: subscription.office)
            var office = ComparedOffice(subscription: subscription)
            // The core's replica is one that takes every event.
            office.breaksTies =
                core.map { $0 == subscription.office } ?? subscription.events.contains { $0.text == "#" }
            office.hasSpoken = spoken.contains(subscription.office)
            if FileManager.default.fileExists(atPath: file) {
                do throws(LockstepError) {
                    sites.replicas.append((subscription.office, try OfficeReader(path: file)))
                    office.hasReplica = replicas
                } catch {
                    // One office's file keeps nobody from knowing of the others.
                    sites.unreadable.append("\(subscription.office): \(error.message)")
                }
            }
            sites.offices.append(office)
        }
        guard sites.ledger != nil || !sites.replicas.isEmpty || !sites.unreadable.isEmpty else {
            throw LockstepError(
                .notFound,
                "There is neither a ledger nor a replica in \(configuration.state.path); make the report where "
                    + "'lockstep ledger' runs, or name the directory with --state.")
        }
        for name in spoken where !configuration.offices.contains(where: { $0.office == name }) {
            var office = ComparedOffice(subscription: Subscription(office: name, events: []))
            office.isConfigured = false
            sites.offices.append(office)
        }
        return sites
    }
}

/// What a report is made from.
struct ReportSites {
    var ledger: SQLiteLedgerReader?
    var replicas: [(office: OfficeName, reader: OfficeReader)] = []
    var offices: [ComparedOffice] = []
    /// The offices whose replicas are here and cannot be read, and why.
    var unreadable: [String] = []

    /// How many changes of a record are looked at.
    private static let longest = 10_000

    /// All that is known of one record.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where nobody has heard of it.
    func record(_ subject: Subject) async throws -> ReportedRecord {
        var record = ReportedRecord(subject: subject)
        record.entries = try await ledger?.entries(about: subject, limit: Self.longest).reversed() ?? []
        for (office, reader) in replicas where offices.contains(where: { $0.name == office && $0.hasReplica }) {
            record.held[office] = try await reader.held(subject)
        }
        guard !record.entries.isEmpty || !record.held.isEmpty else {
            throw LockstepError(
                .notFound, "Neither the ledger nor a replica here has heard of a record '\(subject)'.")
        }
        return record
    }

    /// What a reader of the report has to know.
    func notes(asOf: Timestamp?, now: Timestamp, keep: Duration) -> [String] {
        var notes: [String] = []
        if ledger == nil {
            notes.append("there is no ledger here: only replicas were compared, and the age of changes is a guess")
        }
        if asOf != nil {
            notes.append(
                "replicas hold the present only: the report goes by the times of publications and receipts, and by the "
                    + "subscriptions of today")
        }
        notes += unreadable.map { "a replica cannot be read and was not compared, \($0)" }
        let unheard = offices.filter { ledger != nil && !$0.hasSpoken && $0.hasReplica }.map(\.name.text)
        if !unheard.isEmpty {
            notes.append(
                "the ledger has no word of \(unheard.joined(separator: ", ")): judged by the replica alone")
        }
        if let asOf, asOf.advanced(by: keep) < now {
            notes.append(
                "the ledger forgets events after \(DurationText.text(keep)): it does not know all of that time any more"
            )
        }
        return notes
    }
}
