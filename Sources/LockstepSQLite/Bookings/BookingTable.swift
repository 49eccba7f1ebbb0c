import GRDB
import Lockstep

/// The table `bookings` of a replica.
struct BookingTable {
    let db: Database

    private static let columns = "subject, resource, starts, ends, claim, refused, winner, reason"

    func load(_ subject: Subject) throws -> StoredBooking? {
        let selection = try DirectStatement(db, sql: "SELECT \(Self.columns) FROM bookings WHERE subject = ?")
        return try selection.first {
            $0.set(1, to: subject.text)
        } _: { row in
            try StoredBooking(row)
        }
    }

    /// The bookings of a resource that take some of a time.
    func overlapping(_ span: BookingSpan, of resource: BookingResource) throws -> [StoredBooking] {
        let selection = try DirectStatement(
            db,
            sql: """
                SELECT \(Self.columns) FROM bookings
                WHERE resource = ?1 AND starts < ?3 AND ends > ?2
                    AND starts > ?2 - (SELECT max(ends - starts) FROM bookings WHERE resource = ?1)
                """
        )
        var bookings: [StoredBooking] = []
        try selection.each {
            $0.set(1, to: resource.text)
            $0.set(2, to: span.starts.microseconds)
            $0.set(3, to: span.ends.microseconds)
        } _: { row in
            bookings.append(try StoredBooking(row))
        }
        return bookings
    }

    /// Stores a claim and its verdict.
    func put(_ booking: StoredBooking) throws {
        let insertion = try DirectStatement(
            db, sql: "INSERT OR REPLACE INTO bookings (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        try insertion.run { row in
            row.set(1, to: booking.subject.text)
            row.set(2, to: booking.resource.text)
            row.set(3, to: booking.span?.starts.microseconds)
            row.set(4, to: booking.span?.ends.microseconds)
            row.set(5, to: booking.claim.description)
            row.set(6, to: booking.refusal.map { $0 ? 1 : 0 })
            row.set(7, to: booking.winner?.text)
            row.set(8, to: booking.reason)
        }
    }

    func remove(_ subject: Subject) throws {
        try DirectStatement(db, sql: "DELETE FROM bookings WHERE subject = ?").run { $0.set(1, to: subject.text) }
    }

    /// Says in the record's line of the calendar what its booking's verdict is.
    func markCalendar(_ subject: Subject) throws {
        let update = try DirectStatement(
            db,
            sql: """
                UPDATE calendar SET (refused, refused_by) = (
                    SELECT max(reason), max(winner) FROM bookings WHERE bookings.subject = ?1
                ) WHERE subject = ?1
                """
        )
        try update.run { $0.set(1, to: subject.text) }
    }

    /// How many bookings there are, and how many of them are refused.
    func counts() throws -> (all: Int, refused: Int) {
        let row = try Row.fetchOne(db, sql: "SELECT count(*), count(*) FILTER (WHERE refused) FROM bookings")
        return (row?[0] ?? 0, row?[1] ?? 0)
    }
}

extension StoredBooking {
    fileprivate init(_ row: DirectStatement.Columns) throws {
        subject = try Subject(row.text(0) ?? "")
        resource = BookingResource(row.text(1) ?? "")
        if let starts = row.optionalNumber(2), let ends = row.optionalNumber(3) {
            span = BookingSpan(from: Timestamp(microseconds: starts), to: Timestamp(microseconds: ends))
        }
        claim = try Version(row.text(4) ?? "")
        refusal = row.optionalNumber(5).map { $0 != 0 }
        winner = try row.text(6).map { text throws(LockstepError) in try Subject(text) }
        reason = row.text(7)
    }
}
