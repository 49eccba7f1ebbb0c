public import Lockstep

extension PostgresOutbox {
    /// One statement, and so one transaction: rows move to where they wait no longer, and are counted.
    ///
    /// The rows are found by their positions, whatever the planner believes of how many wait. The total's slot is the
    /// session's, so that relays seldom wait for each other.
    private static let settling = """
        WITH others AS (
            SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[]) AS r (position, outcome, reason)
        ), gone AS (
            DELETE FROM lockstep.outbox WHERE position = ANY ($1::bigint[] || $2::bigint[]) RETURNING *
        ), settled AS (
            INSERT INTO lockstep.settled (\(columns), outcome, reason, settled_at)
            SELECT \(columns), coalesce(outcome, 'sent'), reason, clock_timestamp()
            FROM gone LEFT JOIN others USING (position)
            RETURNING outcome
        )
        INSERT INTO lockstep.totals AS t (slot, sent)
        SELECT pg_backend_pid() % 16, count(*) FROM settled WHERE outcome = 'sent' HAVING count(*) > 0
        ON CONFLICT (slot) DO UPDATE SET sent = t.sent + excluded.sent
        """

    private static let columns = """
        position, type, subject, scope, operation, data, id, source, "time", version, seen, traceparent, extensions, \
        size, written_at
        """

    /// Rows that somebody else is removing are passed over: no purge waits for another one.
    private static let purging = """
        DELETE FROM lockstep.settled WHERE position IN (
            SELECT position FROM lockstep.settled
            WHERE outcome = 'sent' AND settled_at < to_timestamp($1::numeric / 1000000)
            ORDER BY settled_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
        """

    private static let looking = """
        SELECT (SELECT count(*) FROM lockstep.outbox),
            (SELECT (extract(epoch FROM written_at) * 1000000)::bigint FROM lockstep.outbox
                ORDER BY position LIMIT 1),
            (SELECT coalesce(sum(sent), 0)::bigint FROM lockstep.totals),
            (SELECT count(*) FROM lockstep.settled WHERE outcome <> 'sent' AND outcome = 'unrouted'),
            (SELECT count(*) FROM lockstep.settled WHERE outcome <> 'sent' AND outcome = 'refused')
        """

    public func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError) {
        guard !settlements.isEmpty else { return }
        let others = settlements.filter { $0.result != .sent }
        _ = try await settler.query(
            Self.settling,
            [
                PostgresArray.of(settlements.filter { $0.result == .sent }.map(\.position.number)),
                PostgresArray.of(others.map(\.position.number)),
                PostgresArray.of(others.map(\.result.outcome)),
                PostgresArray.of(others.map(\.result.reason)),
            ])
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
