import GRDB
import Lockstep

/// The table `booking_notices` of a replica: what the office still has to publish about its own claims.
struct BookingNoticeTable {
    let db: Database

    func append(_ notice: BookingNotice) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO booking_notices (subject, resource, starts, ends, claim, state, winner, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                notice.subject.text, notice.resource.text, notice.span?.starts.microseconds,
                notice.span?.ends.microseconds, notice.claim.description, notice.state.rawValue, notice.winner?.text,
                notice.reason,
            ]
        )
    }

    /// All that are there, the oldest first.
    func all() throws -> [BookingNotice] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT subject, resource, starts, ends, claim, state, winner, reason FROM booking_notices ORDER BY id
                """
        )
        return try rows.map { row in
            let starts: Int64? = row[2]
            let ends: Int64? = row[3]
            let span = starts.flatMap { starts in
                ends.flatMap { BookingSpan(from: Timestamp(microseconds: starts), to: Timestamp(microseconds: $0)) }
            }
            let winner: String? = row[6]
            return BookingNotice(
                subject: try Subject(row[0] as String),
                resource: BookingResource(row[1]),
                span: span,
                claim: try Version(row[4] as String),
                state: BookingNotice.State(rawValue: row[5]) ?? .refused,
                winner: try winner.map { text throws(LockstepError) in try Subject(text) },
                reason: row[7]
            )
        }
    }
}
