import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging

@testable import LockstepService

/// A state directory with a ledger and replicas, made by what makes them at work.
struct ReportSite: Sendable {
    let configuration: Configuration

    /// So many seconds after 2024-07-03T09:46:40Z.
    static func time(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: 1_720_000_000_000_000 + Int64(seconds * 1_000_000))
    }

    static func version(_ seconds: Double, _ origin: String = "core") throws -> Version {
        Version(reading: ClockReading(UInt64(time(seconds).milliseconds) << 16), origin: try Origin(origin))
    }

    /// An event that was made so many seconds after the beginning, which name it.
    static func event(
        _ seconds: Int, _ type: String, _ subject: String, scope: String? = "ward-3", _ data: JSONObject = ["a": "1"]
    ) throws -> Event {
        Event(
            id: try EventID("e-\(seconds)"), source: try Origin("core"), type: try EventType(type),
            subject: try Subject(subject), time: time(Double(seconds)),
            scope: try scope.map { text throws(LockstepError) in try Scope(text) },
            version: try version(Double(seconds)), data: data)
    }

    static func office(_ name: String, _ patterns: String...) throws -> Subscription {
        Subscription(office: try OfficeName(name), events: try patterns.map { try TopicPattern($0) })
    }

    private var ledgerFile: String { configuration.ledgerFile }

    /// Tells the ledger of events that were published when they were made.
    func published(_ events: Event..., outcome: PublishOutcome = .confirmed) async throws {
        let ledger = try SQLiteLedger(path: ledgerFile)
        defer { try? ledger.close() }
        try await ledger.take(
            events.map { event in
                .publications(
                    PublicationReport(
                        acceptedAt: event.time, at: event.time, entries: [.init(event, outcome)]))
            })
    }

    /// Tells the ledger what an office says of events.
    func said(
        _ office: String, at seconds: Double, _ outcome: Receipt.Outcome = .done(.applied), of events: Event...
    ) async throws {
        let ledger = try SQLiteLedger(path: ledgerFile)
        defer { try? ledger.close() }
        let receipts = events.map {
            Receipt(event: $0.id, subject: $0.subject, version: $0.version, outcome: outcome, attempt: 1)
        }
        try await ledger.take([
            .receipts(
                ReceiptBatch(office: try OfficeName(office), at: Self.time(seconds), receipts: receipts))
        ])
    }

    /// Takes events into an office's replica.
    func holds(_ office: String, _ events: Event...) async throws {
        let name = try OfficeName(office)
        let replica = try SQLiteReplica(
            path: configuration.replicaFile(of: name), office: name, calendar: [],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        defer { try? replica.close() }
        _ = try await replica.merge(events.map { Arrival($0) })
    }

    /// Makes a report at a moment.
    func report(_ arguments: ReportArguments = ReportArguments(), at seconds: Double = 100) async throws -> SealedReport
    {
        try await Operations(configuration).report(arguments, clock: WallClock { Self.time(seconds) })
    }

    /// Two wards and a city hall; one permit has moved, another one was given up, a policy concerns the city hall only.
    static func withSmallCity(_ body: (ReportSite) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = Configuration(state: directory)
            configuration.offices = [
                try office("ward-3", "permit.*.ward-3"), try office("city-hall", "#"), try office("parks", "tree.#"),
            ]
            let site = ReportSite(configuration: configuration)
            let issued = try event(0, "permit.issued", "permit/1")
            let second = try event(10, "permit.issued", "permit/2")
            let policy = try event(20, "policy.changed", "policy/1", scope: nil)
            let moved = try event(30, "permit.moved", "permit/1", ["a": "2"])
            try await site.published(issued, second, policy, moved)
            try await site.said("city-hall", at: 40, of: issued, second, policy, moved)
            try await site.said("ward-3", at: 2, of: issued)
            try await site.said("ward-3", at: 15, .dead(reason: "no such day"), of: second)
            try await site.holds("city-hall", issued, second, policy, moved)
            try await site.holds("ward-3", issued, second)
            try await body(site)
        }
    }
}
