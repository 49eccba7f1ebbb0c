import FoundationEssentials
public import Lockstep
import LockstepSQLite
import ServiceLifecycle

extension Operations {
    /// How many of a record's newest events are looked at.
    private static let newest = 100

    /// Keeps the ledger until it is asked to stop (SIGTERM, SIGINT).
    public func keepLedger() async throws {
        let observability = Observability(configuration, logger: logger)
        let client = configuration.client(named: "ledger", logger: logger)
        let changes = StoreChanges(configuration, logger: logger)
        let service = LedgerService(configuration: configuration, changes: changes, client: client, logger: logger)
        let observers = observability.services(of: client, consumers: 1)
        try await ServiceRunner.run(observers + [client, changes, service], logger: logger)
    }

    /// Who has an event, or the newest version of a record, and since when.
    ///
    /// - Parameter name: An event's id, or a record's subject.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where the ledger has not heard of either.
    public func status(of name: String) async throws -> StatusReport {
        if let id = try? EventID(name), let report = try await knownStatus(of: id) { return report }
        return try await status(of: try Subject(name))
    }

    /// Who has an event, and since when.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where the ledger has not heard of it.
    public func status(of event: EventID) async throws -> StatusReport {
        guard let report = try await knownStatus(of: event) else { throw unheard(event.text) }
        return report
    }

    private func knownStatus(of event: EventID) async throws -> StatusReport? {
        let reader = try ledgerReader()
        let entries = try await reader.entries(of: event)
        guard let first = entries.first else { return nil }
        let record = try await reader.entries(about: first.subject, limit: Self.newest)
        return StatusReport(of: entries, record: record, among: configuration.offices, at: WallClock.system.now)
    }

    /// Who has the newest version of a record, and since when.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where the ledger has not heard of it.
    public func status(of subject: Subject) async throws -> StatusReport {
        let reader = try ledgerReader()
        let entries = try await reader.entries(about: subject, limit: Self.newest)
        guard !entries.isEmpty else { throw unheard(subject.text) }
        let holdings = try await reader.holdings(of: subject)
        return StatusReport(
            about: subject, entries, holdings: holdings, among: configuration.offices, at: WallClock.system.now)
    }

    private func unheard(_ name: String) -> LockstepError {
        LockstepError(
            .notFound,
            "The ledger has not heard of an event or a record '\(name)', or has forgotten it after "
                + "\(DurationText.text(configuration.ledger.keep)).")
    }

    /// How many of all events each office has, tries again, gave up, or has not spoken of.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where no ledger was ever kept here.
    public func summary() async throws -> [SummaryRow] {
        try await ledgerReader().summaries(among: configuration.offices).map(SummaryRow.init)
    }

    /// The ledger's file, to be read while the ledger is kept.
    func ledgerReader() throws(LockstepError) -> SQLiteLedgerReader {
        let file = configuration.ledgerFile
        guard FileManager.default.fileExists(atPath: file) else {
            throw LockstepError(
                .notFound,
                "There is no ledger at \(file) yet; 'lockstep ledger' makes it, on the machine where it runs.")
        }
        return try SQLiteLedgerReader(path: file)
    }
}
