public import Lockstep

extension PostgresOutbox: OutboxListing {
    private static let listed = """
        position, id, type, subject, scope, (extract(epoch FROM written_at) * 1000000)::bigint
        """

    /// Those that wait, by their primary key.
    static let waitingRows = """
        SELECT \(listed), NULL FROM lockstep.outbox
        WHERE position > $1::bigint ORDER BY position LIMIT $2::bigint
        """
    /// Those that are stuck for one reason, by the primary key of all that are.
    static let stuckRows = """
        SELECT \(listed), reason FROM lockstep.stuck
        WHERE outcome = $3 AND position > $1::bigint ORDER BY position LIMIT $2::bigint
        """

    public func rows(
        _ state: OutboxRow.State, after position: OutboxPosition?, limit: Int
    ) async throws(LockstepError) -> [OutboxRow] {
        let range = ["\(position?.number ?? .min)", "\(max(limit, 0))"]
        let rows =
            state == .waiting
            ? try await side.query(Self.waitingRows, range)
            : try await side.query(Self.stuckRows, range + [state.rawValue])
        return (0..<rows.count).map { row in
            OutboxRow(
                position: OutboxPosition(rows.integer(row, 0) ?? 0), state: state, id: rows[row, 1],
                type: rows[row, 2] ?? "", subject: rows[row, 3] ?? "", scope: rows[row, 4],
                writtenAt: rows.integer(row, 5).map { Timestamp(microseconds: $0) }, reason: rows[row, 6])
        }
    }
}
