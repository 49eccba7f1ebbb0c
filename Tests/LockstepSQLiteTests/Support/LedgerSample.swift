import Foundation
import Lockstep
import LockstepSQLite

/// Reports as publishers and offices make them.
enum LedgerSample {
    static func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (1_720_000_000 + seconds) * 1_000_000) }

    static func clock(_ seconds: Int64) -> WallClock { WallClock { time(seconds) } }

    static func file(_ directory: URL) -> String { directory.appending(path: "ledger.sqlite").path }

    static func version(_ number: Int) throws -> Version {
        Version(
            reading: ClockReading(UInt64(1_720_000_000_000) << 16 + UInt64(number)), origin: try Origin("core"))
    }

    static func receipt(
        _ number: Int, _ outcome: Receipt.Outcome = .done(.applied), about subject: String = "permit/1",
        attempt: Int = 1
    ) throws -> Receipt {
        Receipt(
            event: try EventID("e-\(number)"), subject: try Subject(subject), version: try version(number),
            outcome: outcome, attempt: attempt)
    }

    static func batch(_ office: String, at seconds: Int64 = 10, _ receipts: Receipt...) throws -> LedgerReport {
        .receipts(ReceiptBatch(office: try OfficeName(office), at: time(seconds), receipts: receipts))
    }

    static func publication(
        _ numbers: ClosedRange<Int>, about subject: String = "permit/1", outcome: PublishOutcome = .confirmed
    ) throws -> LedgerReport {
        .publications(
            PublicationReport(
                acceptedAt: time(0), at: time(1),
                entries: try numbers.map {
                    PublicationReport.Entry(
                        event: try EventID("e-\($0)"), source: try Origin("core"), type: try EventType("permit.issued"),
                        scope: try Scope("ward-3"), subject: try Subject(subject), version: try version($0),
                        outcome: outcome)
                }))
    }
}
