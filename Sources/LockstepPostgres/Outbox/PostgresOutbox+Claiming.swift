public import Lockstep

/// A row that may be claimed, before its record is locked.
private struct Candidate {
    let position: Int64
    let key: Int32
    let size: Int
}

extension PostgresOutbox {
    /// How many of the keys one relay may hold where there are others, so that they find work beside it.
    private static let mostKeys = LockSpace.claimKeys / 2

    /// How far one claim looks behind rows that other relays have, in pages of as many rows as are asked for.
    private static let mostPages = 8

    /// Takes the lock on each of the next rows' records, if no other relay has it.
    ///
    /// Each lock is asked for once: else a lock that another relay lets go of in the midst of it could yield a later row
    /// and not the earlier one of the same record.
    private static let page = """
        WITH page AS MATERIALIZED (
            SELECT position, hashtext(subject) & \(LockSpace.claimKeys - 1) AS key, size FROM lockstep.outbox
            WHERE position > $1::bigint AND position <> ALL ($2::bigint[])
            ORDER BY position LIMIT $3::bigint
        ), records AS MATERIALIZED (
            SELECT key, CASE
                WHEN key = ANY ($4::integer[]) THEN 'held'
                WHEN key = ANY ($5::integer[]) THEN 'others'
                WHEN pg_try_advisory_lock(\(LockSpace.claims), key) THEN 'taken'
                ELSE 'others' END AS state
            FROM (SELECT DISTINCT key FROM page) AS keys
        )
        SELECT position, key, size, state, (SELECT \(isAlone)) FROM page JOIN records USING (key) ORDER BY position
        """

    /// Whether no other relay's session has the lock that all of them share.
    private static let isAlone = """
        CASE WHEN pg_try_advisory_lock(\(LockSpace.relays), 0) THEN pg_advisory_unlock(\(LockSpace.relays), 0)
        ELSE false END
        """

    /// A row may have been settled, by whoever had the lock before, between the look and the lock.
    private static let content =
        "SELECT \(OutboxEntry.columns) FROM lockstep.outbox WHERE position = ANY ($1::bigint[]) ORDER BY position"

    private static let unlock = "SELECT pg_advisory_unlock(\(LockSpace.claims), key) FROM unnest($1::integer[]) AS key"

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
        var taken: [Candidate] = []
        var surplus: Set<Int32> = []
        var others: Set<Int32> = []
        var size = 0
        var last: Int64 = -1
        var isAtEnd = false
        var hasNoRoom = false
        for _ in 0..<Self.mostPages where taken.count < count && !isAtEnd {
            let room =
                isAlone ? count : Self.mostKeys - Set(claims.keys).union(taken.map(\.key)).count
            let wanted = min(count - taken.count, room)
            hasNoRoom = room <= 0
            guard !hasNoRoom else { break }
            let rows = try await worker.query(
                Self.page,
                [
                    "\(last)", PostgresArray.of(claims.positions), "\(wanted)",
                    PostgresArray.of(Array(claims.keys) + taken.map(\.key)), PostgresArray.of(others),
                ], in: session)
            isAtEnd = rows.count < wanted
            isAlone = rows.count > 0 && rows[0, 4] == "t"
            var fresh: Set<Int32> = []
            var isFull = false
            for row in 0..<rows.count {
                guard let position = rows.integer(row, 0), let number = rows.integer(row, 1) else { continue }
                let candidate = Candidate(
                    position: position, key: Int32(truncatingIfNeeded: number), size: Int(rows.integer(row, 2) ?? 0))
                last = position
                if rows[row, 3] == "others" {
                    others.insert(candidate.key)
                    continue
                }
                if rows[row, 3] == "taken" { fresh.insert(candidate.key) }
                isFull = isFull || (size + candidate.size > bytes && !taken.isEmpty)
                guard !isFull else { continue }
                size += candidate.size
                taken.append(candidate)
            }
            if isFull {
                isAtEnd = false
                surplus = fresh.subtracting(taken.map(\.key))
                break
            }
        }
        let entries = try await read(taken, surplus: surplus, in: session)
        if entries.isEmpty {
            rest = hasNoRoom ? .withSelf : !others.isEmpty ? .withOthers : isAtEnd ? .nothing : .unknown
        }
        return entries
    }

    /// Reads what was taken, as far as it still waits, and lets go of the rest.
    private func read(
        _ taken: [Candidate], surplus: Set<Int32>, in session: PostgresConnection.Session
    ) async throws(LockstepError) -> [OutboxEntry] {
        var entries: [OutboxEntry] = []
        if !taken.isEmpty {
            let rows = try await worker.query(Self.content, [PostgresArray.of(taken.map(\.position))], in: session)
            entries = (0..<rows.count).map { OutboxEntry(rows, $0) }
        }
        claims.insert(taken.map { (position: $0.position, key: $0.key) })
        let waiting = Set(entries.map(\.position.number))
        let free = claims.remove(taken.map(\.position).filter { !waiting.contains($0) })
        try await letGo(of: free + surplus)
        return entries
    }

    /// Lets other relays have these records.
    func letGo(of keys: some Collection<Int32>) async throws(LockstepError) {
        guard !keys.isEmpty, let session = claims.session else { return }
        do throws(LockstepError) {
            _ = try await worker.query(Self.unlock, [PostgresArray.of(keys)], in: session)
        } catch {
            // The end of the session lets go of all.
            await worker.close()
        }
    }
}
