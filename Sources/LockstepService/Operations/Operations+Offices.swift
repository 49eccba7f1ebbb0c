import FoundationEssentials
public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

extension Operations {
    /// All offices of the configuration as the broker sees them, in the configuration's order.
    public func officeRows() async throws -> [OfficeRow] {
        let queues = Dictionary(try await configuration.management.queues().map { ($0.name, $0) }) { first, _ in first }
        // The waiting queues are shared by all offices: only where they are empty it is known how many wait for whom.
        let waiting = RetryDelay.allCases.compactMap { queues[BrokerName.wait($0)]?.total }.reduce(0, +)
        var rows: [OfficeRow] = []
        for subscription in configuration.offices {
            let queue = queues[BrokerName.queue(of: subscription.office)]
            let isAtWork = queue?.consumers ?? 0 > 0
            var row = OfficeRow(
                office: subscription.office.text,
                ready: queue?.ready,
                unacknowledged: queue?.unacknowledged,
                waiting: waiting == 0 ? 0 : nil,
                dead: queues[BrokerName.deadLetters(of: subscription.office)]?.total,
                consumers: queue?.consumers,
                rateIn: queue?.publishRate ?? 0,
                rateOut: queue?.acknowledgeRate ?? 0,
                breaker: isAtWork ? await breaker(of: subscription) : nil
            )
            row.alarm = subscription.alarm
            row.limit = subscription.limit
            row.kind = configuration.isDeclared(subscription.office) ? "declared" : "made"
            row.paused = configuration.stored.pauses[subscription.office].map(PauseValue.init)
            rows.append(row)
        }
        return rows
    }

    /// How the breaker of an office's worker stands; nil: the worker has no file here, or has never said so.
    private func breaker(of office: Subscription) async -> OfficeBreaker? {
        guard let report = try? await reader(of: office).breaker() else { return nil }
        return OfficeBreaker(report, at: WallClock.system.now)
    }

    /// What an office's replica holds, from its file; a worker may be writing to it.
    public func report(of office: Subscription) async throws -> OfficeReport {
        let statistics = try await reader(of: office).statistics()
        var report = OfficeReport(office: office.office.text)
        report.records = statistics.records
        report.deleted = statistics.deleted
        report.calendarEntries = statistics.calendarEntries
        report.bookings = statistics.bookings
        report.refusedBookings = statistics.refusedBookings
        report.events = statistics.events
        report.applied = statistics.outcomes[.applied] ?? 0
        report.merged = statistics.outcomes[.merged] ?? 0
        report.duplicate = statistics.outcomes[.duplicate] ?? 0
        report.superseded = statistics.outcomes[.superseded] ?? 0
        report.conflict = statistics.outcomes[.conflict] ?? 0
        report.refused = statistics.refused
        report.retried = statistics.retried
        let outbox = try await reader(of: office).outbox()
        report.editsWaiting = outbox?.waiting ?? 0
        report.editsStuck = outbox.map { $0.refused + $0.unrouted } ?? 0
        report.lastApplied = statistics.lastApplied?.rfc3339
        func milliseconds(_ share: Double) -> Int? {
            statistics.delays.percentile(share).map { Int($0 / .milliseconds(1)) }
        }
        report.delayMilliseconds = OfficeReport.Delays(
            p50: milliseconds(0.5),
            p99: milliseconds(0.99),
            longest: milliseconds(1)
        )
        return report
    }

    /// An office's file, to be read while its worker writes.
    func reader(of office: Subscription) throws(LockstepError) -> OfficeReader {
        let file = configuration.replicaFile(of: office.office)
        guard FileManager.default.fileExists(atPath: file) else {
            throw Configuration.noReplica(of: office.office, at: file)
        }
        return try OfficeReader(path: file)
    }

    /// Entries of an office's calendar, the earliest first.
    ///
    /// - Parameter limit: How many at most; nil: all.
    public func calendar(of office: Subscription, limit: Int?) async throws -> [CalendarRow] {
        try await reader(of: office).calendar(limit: limit).map(CalendarRow.init)
    }

    /// Hands every record of an office to `body` as a line of NDJSON: `subject`, `version`, `deleted`, `data`.
    public func eachRecord(of office: Subscription, _ body: (_ line: String) throws -> Void) async throws {
        for try await record in try reader(of: office).records {
            try body(
                "{\"data\":\(record.data ?? "null"),\"deleted\":\(record.deleted),"
                    + "\"subject\":\(JSONText(string: record.subject.text).text),"
                    + "\"version\":\(JSONText(string: record.version.description).text)}\n"
            )
        }
    }

    /// One record of an office.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` if the office has never heard of it.
    public func record(_ subject: Subject, of office: Subscription) async throws -> RecordDetail {
        let reader = try reader(of: office)
        guard let record = try await reader.record(subject) else {
            throw LockstepError(.notFound, "The office '\(office.office)' has never heard of '\(subject)'.")
        }
        return RecordDetail(record, policy: office.conflicts, booking: try await reader.booking(subject))
    }
}
