import GRDB
import Lockstep

/// Shows all records anew when an office's view of them has changed since they were shown last.
struct Reshowing {
    struct Summary {
        var records = 0
        /// Records that the calendar cannot show; entries that they had before stay.
        var refused = 0
    }

    let db: Database
    let view: ReplicaView

    private static let setting = "view"

    /// Whether the records are shown by this view.
    var isUpToDate: Bool {
        get throws { try StatisticsTable(db: db).setting(Self.setting) == fingerprint }
    }

    /// Its first line says that the conflicts are in the ledger: releases before that did not enter them.
    private var fingerprint: String { "conflicts in the ledger\n" + view.fingerprint }

    /// Nil if the view is the same as last time.
    func run(at now: Timestamp) throws -> Summary? {
        let statistics = StatisticsTable(db: db)
        if try isUpToDate { return nil }
        var summary = Summary()
        try db.inTransaction(.immediate) {
            // Also where nothing is booked any more: then there may be bookings to forget.
            var bookings = BookingJudge(db: db, view: view)
            var page = try subjects(after: nil)
            while let last = page.last {
                for subject in page { try showAnew(subject, at: now, &bookings, &summary) }
                page = try subjects(after: last)
            }
            try bookings.judge()
            try statistics.set(Self.setting, to: fingerprint)
            return .commit
        }
        return summary
    }

    private func subjects(after last: String?) throws -> [String] {
        try String.fetchAll(
            db,
            sql: "SELECT subject FROM records WHERE ?1 IS NULL OR subject > ?1 ORDER BY subject LIMIT 500",
            arguments: [last]
        )
    }

    private func showAnew(
        _ text: String, at now: Timestamp, _ bookings: inout BookingJudge, _ summary: inout Summary
    ) throws {
        let subject = try Subject(text)
        let loaded = try RecordTable(db: db).load(subject)
        summary.records += 1
        switch loaded.show(seenBy: view) {
        case .entry(let entry): try CalendarTable(db: db).apply(.put(entry), to: subject, at: now)
        case .unmapped, .deleted: try CalendarTable(db: db).apply(.remove, to: subject, at: now)
        case .refused: summary.refused += 1
        }
        try RecordTable(db: db).store(loaded, registers: loaded.original)
        try ConflictLedger(db: db, view: view).note(
            loaded.record, wasInConflict: true, settlements: [], scope: loaded.scope, at: now)
        try bookings.note(loaded.record, shown: loaded.data)
    }
}
