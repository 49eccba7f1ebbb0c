public import Lockstep

extension PostgresOutbox: OutboxStore {
    /// How long to wait for a relay that has rows of the records that wait: its end is signalled by nobody.
    private static let patience = Duration.seconds(1)

    /// Connects; several relays may work at once, so it never stands by.
    ///
    /// While the database is away it goes on trying, at the connections' pace.
    public func begin(standingBy: @Sendable () -> Void) async throws {
        while true {
            do throws(LockstepError) {
                _ = try await listener.session()
                _ = try await worker.session()
                _ = try await settler.session()
                return
            } catch {
                guard error.mayPass else { throw error }
            }
            try Task.checkCancellation()
        }
    }

    public func end() async {
        await enter()
        defer { leave() }
        await worker.close()
        await settler.close()
        await listener.close()
        await side.close()
        claims = OutboxClaims()
        settled = []
        sleep = nil
        rest = .unknown
        isAlone = false
    }

    public func waitForRows() async throws(LockstepError) {
        var limit = safetyLook
        switch rest {
        case .unknown: return
        case .withOthers: limit = min(limit, Self.patience)
        case .withSelf, .nothing: break
        }
        let session = try await listener.session()
        guard sleep?.session == session else {
            // What was committed before writers could know of it has notified nobody: another claim comes first.
            try await fallAsleep(in: session)
            return
        }
        if let pause = sleep?.nextPause() { limit = min(limit, pause) }
        try await listener.waitForSignal(after: signalsSeen, until: .now + limit)
    }

    /// Tells writers that this relay sleeps; afterward, not before, the horizon is looked for.
    private func fallAsleep(in session: PostgresConnection.Session) async throws(LockstepError) {
        sleep = nil
        _ = try await listener.query("SELECT pg_advisory_lock_shared(\(LockSpace.sleepers), 0)", in: session)
        // A number of its own: a snapshot's end is below those of transactions that are open when it is taken.
        let rows = try await listener.query("SELECT pg_current_xact_id()", in: session)
        sleep = RelaySleep(session: session, horizon: rows[0, 0] ?? "")
    }

    /// Tells writers that they need not wake this relay.
    func wakeUp() async {
        guard let session = sleep?.session else { return }
        sleep = nil
        do throws(LockstepError) {
            _ = try await listener.query(
                "SELECT pg_advisory_unlock_shared(\(LockSpace.sleepers), 0)", in: session)
        } catch {
            // The end of the session tells them, too.
            await listener.close()
        }
    }

    /// Finds out, before a claim looks, whether writers may still be at work that do not know that this relay sleeps.
    func lookForOpenTransactions(in session: PostgresConnection.Session) async throws(LockstepError) {
        guard let horizon = sleep?.horizon, sleep?.isQuiet == false else { return }
        let rows = try await worker.query(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8", [horizon], in: session)
        sleep?.isQuiet = rows[0, 0] == "t"
    }
}
