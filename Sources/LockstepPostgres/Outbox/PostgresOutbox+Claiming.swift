public import Lockstep

extension PostgresOutbox {
    /// How many of the keys one relay may hold where there are others, so that they find work beside it.
    private static let mostKeys = LockSpace.claimKeys / 2

    /// How far one claim looks behind rows that other relays have, in pages of as many rows as are asked for.
    private static let mostPages = 8

    /// Takes the lock on each of the next rows' records, if no other relay has it, and reads the rows.
    ///
    /// Each lock is asked for once: else a lock that another relay lets go of in the midst of it could yield a later row
    /// and not the earlier one of the same record. No more is read and locked than there is room for, but one row.
    /// Arrays are selected from, and not compared with: that is a hash table whatever the planner believes, and it does not
    /// look at each of thousands of elements to guess how many rows are left.
    private static let page = """
        WITH page AS MATERIALIZED (
            SELECT * FROM (
                SELECT *, sum(size) OVER (ORDER BY position) AS total, count(*) OVER () AS looked FROM (
                    SELECT *, hashtext(subject) & \(LockSpace.claimKeys - 1) AS key FROM lockstep.outbox
                    WHERE position > $1::bigint AND position NOT IN (SELECT unnest($2::bigint[]))
                    ORDER BY position LIMIT $3::bigint
                ) AS ahead
            ) AS weighed WHERE total <= $6::bigint OR total = size
        ), records AS MATERIALIZED (
            SELECT key, CASE
                WHEN key IN (SELECT unnest($4::integer[])) THEN 'held'
                WHEN key IN (SELECT unnest($5::integer[])) THEN 'others'
                WHEN pg_try_advisory_lock(\(LockSpace.claims), key) THEN 'taken'
                ELSE 'others' END AS state
            FROM (SELECT DISTINCT key FROM page) AS keys
        )
        SELECT \(OutboxEntry.columns), key, state, looked, (SELECT \(isAlone))::integer
        FROM page JOIN records USING (key) ORDER BY position
        """

    /// A row may have been settled, by whoever had the lock before, between the look and the lock.
    private static let lookAgain = "SELECT position FROM lockstep.outbox WHERE position = ANY ($1::bigint[])"

    public func claim(atMost count: Int, bytes: Int) async throws(LockstepError) -> [OutboxEntry] {
        try await alone { () throws(LockstepError) in
            signalsSeen = await listener.signalCount
            rest = .unknown
            let session = try await worker.session()
            claims.use(session)
            do throws(LockstepError) {
                try await lookForOpenTransactions(in: session)
                let entries = try await claim(atMost: count, bytes: bytes, in: session)
                if !entries.isEmpty { await wakeUp() }
                await tidyUpAfterClaim()
                return entries
            } catch {
                // What was locked on the way is let go.
                await worker.close()
                throw error
            }
        }
    }

    private func claim(
        atMost count: Int, bytes: Int, in session: PostgresConnection.Session
    ) async throws(LockstepError) -> [OutboxEntry] {
        var claim = PostgresClaim(count: count, bytes: bytes)
        var hasNoRoom = false
        for _ in 0..<Self.mostPages where !claim.isOver {
            let keys = Set(claims.keys).union(claim.keys)
            let room = isAlone ? count : Self.mostKeys - keys.count
            hasNoRoom = room <= 0
            guard !hasNoRoom else { break }
            let wanted = min(claim.countLeft, room)
            let rows = try await worker.query(
                Self.page,
                [
                    "\(claim.last)", PostgresArray.of(claims.positions), "\(wanted)", PostgresArray.of(keys),
                    PostgresArray.of(claim.others), "\(claim.bytesLeft)",
                ], in: session, isBinary: true)
            isAlone = claim.take(rows, wanted: wanted)
        }
        let doubtful = claim.doubtful
        if !doubtful.isEmpty {
            let rows = try await worker.query(Self.lookAgain, [PostgresArray.of(doubtful)], in: session)
            claim.keep((0..<rows.count).lazy.compactMap { rows.integer($0, 0) })
        }
        claims.insert(claim.rows.lazy.map { (position: $0.entry.position.number, key: $0.key) })
        claims.insertIdle(claim.keys)
        if claim.rows.isEmpty {
            rest = hasNoRoom ? .withSelf : !claim.others.isEmpty ? .withOthers : claim.isAtEnd ? .nothing : .unknown
        }
        return claim.rows.map(\.entry)
    }
}
