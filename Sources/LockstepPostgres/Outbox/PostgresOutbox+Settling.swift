public import Lockstep

extension PostgresOutbox {
    /// One statement, and so one transaction: rows move to where they wait no longer, and are counted.
    ///
    /// The rows are found by their positions, whatever the planner believes of how many wait. The total's slot is the
    /// session's, so that relays seldom wait for each other.
    private static let noting = """
        WITH gone AS (
            DELETE FROM lockstep.outbox WHERE position = ANY ($1::bigint[])
            RETURNING position, id, type, subject, version, written_at
        ), noted AS (
            INSERT INTO lockstep.sent (position, id, type, subject, version, written_at, sent_at)
            SELECT *, clock_timestamp() FROM gone
        )
        INSERT INTO lockstep.totals AS t (slot, sent)
        SELECT pg_backend_pid() % 16, count(*) FROM gone HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET sent = t.sent + excluded.sent
        """

    /// The same for what was not sent, with all that it needs to be published again.
    private static let keeping = """
        WITH gone AS (DELETE FROM lockstep.outbox WHERE position = ANY ($1::bigint[]) RETURNING *)
        INSERT INTO lockstep.stuck (\(columns), outcome, reason, stuck_at)
        SELECT \(columns), outcome, reason, clock_timestamp()
        FROM gone JOIN unnest($1::bigint[], $2::text[], $3::text[]) AS r (position, outcome, reason) USING (position)
        """

    private static let columns = """
        position, type, subject, scope, operation, data, id, source, "time", version, seen, traceparent, extensions, \
        size, written_at
        """

    /// Rows that somebody else is removing are passed over: no purge waits for another one.
    ///
    /// They are found by where they lie: they have no key, and none of them is ever changed.
    private static let purging = """
        DELETE FROM lockstep.sent WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM lockstep.sent WHERE sent_at < to_timestamp($1::numeric / 1000000)
            ORDER BY sent_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """

    private static let looking = """
        SELECT (SELECT count(*) FROM lockstep.outbox),
            (SELECT (extract(epoch FROM written_at) * 1000000)::bigint FROM lockstep.outbox
                ORDER BY position LIMIT 1),
            (SELECT coalesce(sum(sent), 0)::bigint FROM lockstep.totals),
            (SELECT count(*) FROM lockstep.stuck WHERE outcome = 'unrouted'),
            (SELECT count(*) FROM lockstep.stuck WHERE outcome = 'refused')
        """

    /// Two statements where not all was sent: each is idempotent, so that a failure of the second does no harm.
    public func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError) {
        guard !settlements.isEmpty else { return }
        let sent = settlements.lazy.filter { $0.result == .sent }.map(\.position.number)
        let others = settlements.filter { $0.result != .sent }
        if others.count < settlements.count { _ = try await settler.query(Self.noting, [PostgresArray.of(sent)]) }
        if !others.isEmpty {
            _ = try await settler.query(
                Self.keeping,
                [
                    PostgresArray.of(others.map(\.position.number)),
                    PostgresArray.of(others.map(\.result.outcome)),
                    PostgresArray.of(others.map(\.result.reason)),
                ])
        }
        // Only now, when every later look at the table sees that the rows are settled.
        settled += settlements.map(\.position.number)
        await tidyUpIfFree()
    }

    public func release(_ positions: [OutboxPosition]) async throws(LockstepError) {
        try await alone { () throws(LockstepError) in
            claims.remove(positions.map(\.number))
            await letGoOfIdle()
            await haveRoom()
            rest = .unknown
        }
    }

    public func purge(sentBefore moment: Timestamp, atMost count: Int) async throws(LockstepError) -> Int {
        let rows = try await settler.query(Self.purging, ["\(moment.microseconds)", "\(count)"])
        // It comes now and then whatever else happens: another relay does not wait long for idle records.
        await tidyUpIfFree()
        return rows.changed
    }

    public func status() async throws(LockstepError) -> OutboxStatus {
        let rows = try await side.query(Self.looking)
        return OutboxStatus(
            waiting: Int(rows.integer(0, 0) ?? 0),
            oldestWaiting: rows.integer(0, 1).map { Timestamp(microseconds: $0) },
            sent: Int(rows.integer(0, 2) ?? 0),
            unrouted: Int(rows.integer(0, 3) ?? 0),
            refused: Int(rows.integer(0, 4) ?? 0))
    }
}

extension OutboxResult {
    fileprivate var outcome: String {
        switch self {
        case .sent: "sent"
        case .unrouted: "unrouted"
        case .refused: "refused"
        }
    }

    /// Without NUL, which PostgreSQL's text cannot hold.
    fileprivate var reason: String? {
        if case .refused(let reason) = self { reason.replacing("\0", with: "") } else { nil }
    }
}
