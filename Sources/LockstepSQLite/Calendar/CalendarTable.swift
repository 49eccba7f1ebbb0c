import GRDB
import Lockstep

/// The table `calendar` of a replica.
struct CalendarTable {
    /// What is to be done to one record's line.
    enum Edit {
        case put(CalendarEntry)
        case remove
    }

    let db: Database

    func apply(_ edit: Edit, to subject: Subject, at now: Timestamp) throws {
        switch edit {
        case .put(let entry): try put(entry, at: now)
        case .remove:
            try db.cachedStatement(sql: "DELETE FROM calendar WHERE subject = ?").execute(arguments: [subject.text])
        }
    }

    private func put(_ entry: CalendarEntry, at now: Timestamp) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO calendar (subject, title, what, place, starts, ends, status, version, updated_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ON CONFLICT (subject) DO UPDATE SET title = ?2, what = ?3, place = ?4, starts = ?5, ends = ?6,
                    status = ?7, version = ?8, updated_at = ?9
                """
        ).execute(
            arguments: [
                entry.subject.text, entry.title, entry.what, entry.place, entry.starts, entry.ends, entry.status,
                entry.version.description, now.wholeSeconds.rfc3339,
            ]
        )
    }

    /// The entries, the earliest first, those without a date last.
    func entries(limit: Int) throws -> [CalendarEntry] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT subject, title, what, place, starts, ends, status, version, refused, refused_by FROM calendar
                ORDER BY starts IS NULL, starts, subject LIMIT ?
                """,
            arguments: [limit]
        )
        return try rows.map { row in
            let winner: String? = row[9]
            return CalendarEntry(
                subject: try Subject(row[0] as String),
                title: row[1],
                what: row[2],
                place: row[3],
                starts: row[4],
                ends: row[5],
                status: row[6],
                version: try Version(row[7] as String),
                refused: row[8],
                refusedBy: try winner.map { text throws(LockstepError) in try Subject(text) }
            )
        }
    }
}

extension Timestamp {
    /// The moment without its fraction: such texts sort as the moments do.
    fileprivate var wholeSeconds: Timestamp {
        Timestamp(microseconds: microseconds - microseconds % 1_000_000)
    }
}
