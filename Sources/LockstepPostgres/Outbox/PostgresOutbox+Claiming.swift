public import Lockstep

extension PostgresOutbox {
    /// How many of the keys one relay may hold where there are others, so that they find work beside it.
    private static let mostKeys = LockSpace.claimKeys / 2

    /// How far one claim looks behind rows that other relays have, in pages of as many rows as are asked for.
    private static let mostPages = 8

    /// The next rows that wait, as many of them as there is room for; of the others only that they are there.
    ///
    /// Arrays are selected from, and not compared with: that is a hash table whatever the planner believes, and it does not
    /// look at each of thousands of elements to guess how many rows are left.
    private static let ahead = """
        SELECT *, total <= $5::bigint OR total = size AS fits FROM (
            SELECT *, hashtext(subject) & \(LockSpace.claimKeys - 1) AS key,
                sum(size) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) AS total
            FROM lockstep.outbox
            WHERE position > $1::bigint AND position NOT IN (SELECT unnest($2::bigint[]))
            ORDER BY position LIMIT $3::bigint
        ) AS weighed
        """

    /// What is selected of each row: the entry, and then what ``PostgresClaim`` reads.
    private static let columns = "\(OutboxEntry.columns), key, state, fits::integer, (SELECT \(isAlone))::integer"

    /// Reads rows, and takes the lock on each one's record before that, if no other relay has it: for a relay among others,
    /// which does not read what they have.
    ///
    /// Each lock is asked for once: else a lock that another relay lets go of in the midst of it could yield a later row
    /// and not the earlier one of the same record.
    private static let locking = """
        WITH page AS MATERIALIZED (\(ahead)), records AS MATERIALIZED (
            SELECT key, CASE
                WHEN key IN (SELECT unnest($4::integer[])) THEN 'held'
                WHEN key IN (SELECT unnest($6::integer[])) THEN 'others'
                WHEN pg_try_advisory_lock(\(LockSpace.claims), key) THEN 'taken'
                ELSE 'others' END AS state
            FROM (SELECT DISTINCT key FROM page WHERE fits) AS keys
        )
        SELECT \(columns) FROM page LEFT JOIN records USING (key) ORDER BY position
        """

    /// Reads rows, and leaves the locks that it lacks to ``taking``: half the work, for a relay that is alone and so has
    /// most of them already.
    private static let looking = """
        SELECT \(columns) FROM (
            SELECT *, CASE WHEN key IN (SELECT unnest($4::integer[])) THEN 'held' ELSE 'free' END AS state
            FROM (\(ahead)) AS ahead
        ) AS page ORDER BY position
        """

    /// Takes locks, each of them once; returns those that it got.
    private static let taking = """
        SELECT key FROM unnest($1::integer[]) AS key WHERE pg_try_advisory_lock(\(LockSpace.claims), key)
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
            try await take(min(claim.countLeft, room), besides: keys, into: &claim, in: session)
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

    /// Takes the next page of rows.
    private func take(
        _ wanted: Int, besides keys: Set<Int32>, into claim: inout PostgresClaim, in session: PostgresConnection.Session
    ) async throws(LockstepError) {
        var parameters = [
            "\(claim.last)", PostgresArray.of(claims.positions), "\(wanted)", PostgresArray.of(keys),
            "\(claim.bytesLeft)",
        ]
        guard isAlone else {
            parameters.append(PostgresArray.of(claim.others))
            let rows = try await worker.query(Self.locking, parameters, in: session, isBinary: true)
            isAlone = claim.take(rows, wanted: wanted)
            return
        }
        let rows = try await worker.query(Self.looking, parameters, in: session, isBinary: true)
        let free = PostgresClaim.freeKeys(of: rows)
        var taken: Set<Int32> = []
        if !free.isEmpty {
            let locks = try await worker.query(Self.taking, [PostgresArray.of(free)], in: session)
            taken = Set((0..<locks.count).lazy.compactMap { locks.integer($0, 0).map(Int32.init(truncatingIfNeeded:)) })
        }
        // Whoever has the others came just now.
        isAlone = claim.take(rows, wanted: wanted, taken: taken) && taken.count == free.count
    }
}
