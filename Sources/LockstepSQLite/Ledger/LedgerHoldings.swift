import GRDB
import Lockstep

/// The table `holdings` of a ledger: for each record and office the newest event that the office has.
///
/// Kept as it comes: a record may have any number of events, and an office none of them.
struct LedgerHoldings {
    let db: Database

    static let ofRecord = """
        SELECT name, events.event, version, outcome, done, accepted
        FROM holdings CROSS JOIN events ON events.id = holdings.event
            CROSS JOIN deliveries ON deliveries.event = holdings.event AND deliveries.office = holdings.office
            CROSS JOIN offices ON offices.id = holdings.office
        WHERE holdings.subject = ?
        """

    /// Notes that an office has an event.
    func note(_ event: Int64, about subject: Subject, office: Int64) throws {
        let statement = try DirectStatement(
            db,
            sql: """
                INSERT INTO holdings (subject, office, event) VALUES (?1, ?2, ?3)
                ON CONFLICT (subject, office) DO UPDATE SET event = excluded.event
                WHERE (SELECT version FROM events WHERE id = excluded.event)
                    > coalesce((SELECT version FROM events WHERE id = holdings.event), '')
                """)
        try statement.run {
            $0.set(1, to: subject.text)
            $0.set(2, to: office)
            $0.set(3, to: event)
        }
    }

    /// Finds what an office has of a record now that an event is forgotten, if that was its newest one.
    ///
    /// Mostly nothing: the oldest events are forgotten first.
    func forget(_ event: Int64, about subject: String, office: Int64) throws {
        let removal = try DirectStatement(
            db, sql: "DELETE FROM holdings WHERE subject = ?1 AND office = ?2 AND event = ?3")
        try removal.run {
            $0.set(1, to: subject)
            $0.set(2, to: office)
            $0.set(3, to: event)
        }
        guard db.changesCount > 0 else { return }
        let search = try DirectStatement(
            db,
            sql: """
                INSERT INTO holdings (subject, office, event)
                SELECT ?1, ?2, events.id
                FROM events CROSS JOIN deliveries ON deliveries.event = events.id AND deliveries.office = ?2
                WHERE subject = ?1 AND outcome IS NOT NULL
                ORDER BY version DESC LIMIT 1
                """)
        try search.run {
            $0.set(1, to: subject)
            $0.set(2, to: office)
        }
    }

    /// What each office has of a record.
    func all(of subject: Subject) throws -> [OfficeName: Holding] {
        var holdings: [OfficeName: Holding] = [:]
        try DirectStatement(db, sql: Self.ofRecord).each {
            $0.set(1, to: subject.text)
        } _: { row in
            guard let name = row.text(0), let event = row.text(1), let text = row.text(2),
                let outcome = MergeOutcome(stored: row.number(3))
            else { return }
            let version = try Version(text)
            holdings[try OfficeName(name)] = Holding(
                event: try EventID(event), version: version,
                done: DeliveryState.Done(outcome, at: Timestamp(microseconds: row.number(4))),
                publishedAt: Timestamp(microseconds: row.optionalNumber(5) ?? version.reading.milliseconds * 1_000))
        }
        return holdings
    }
}
