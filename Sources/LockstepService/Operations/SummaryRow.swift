import Lockstep
import LockstepSQLite

/// How an office stands to all events that the ledger knows.
public struct SummaryRow: TableRow, Hashable {
    /// Its name.
    public var office: String
    /// Events that it subscribes to and the broker has confirmed, or that it has spoken of.
    public var events: Int
    /// Events that it has.
    public var held: Int
    /// Events that it tries again.
    public var waiting: Int
    /// Events that it gave up.
    public var dead: Int
    /// Events that it should have and has not said anything about.
    public var silent: Int
    /// When it said last that it has an event (RFC 3339); null: never.
    @OrNull public var lastHeld: String?
    /// From the publication until it had the event, in milliseconds; null where it has none.
    public var delayMilliseconds: OfficeReport.Delays

    /// Whether it has all that it should have.
    public var isComplete: Bool { held == events }

    init(_ summary: LedgerSummary) {
        office = summary.office.text
        events = summary.events
        held = summary.held
        waiting = summary.waiting
        dead = summary.dead
        silent = summary.silent
        lastHeld = summary.lastHeld?.rfc3339
        func milliseconds(_ share: Double) -> Int? {
            summary.delays.percentile(share).map { Int($0 / .milliseconds(1)) }
        }
        delayMilliseconds = OfficeReport.Delays(
            p50: milliseconds(0.5), p99: milliseconds(0.99), longest: milliseconds(1))
    }

    public static let columns: [TableColumn<SummaryRow>] = [
        .text("OFFICE") { $0.office },
        .number("EVENTS") { $0.events },
        .number("HAS") { $0.held },
        .number("WAITING") { $0.waiting },
        .number("DEAD") { $0.dead },
        .number("NO WORD") { $0.silent },
        .text("LAST") { $0.lastHeld ?? "-" },
        .quantity("P50") { delay($0.delayMilliseconds.p50) },
        .quantity("P99") { delay($0.delayMilliseconds.p99) },
    ]

    private static func delay(_ milliseconds: Int?) -> String {
        milliseconds.map { NumberText.delay(milliseconds: $0) } ?? "-"
    }
}
