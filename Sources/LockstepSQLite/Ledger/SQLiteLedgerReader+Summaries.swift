public import Lockstep

extension SQLiteLedgerReader {
    /// How the offices stand to all events: those that are given, in their order, then those that spoke all the same.
    ///
    /// Reads the whole ledger, in one state of it: seconds where it has millions of deliveries.
    ///
    /// - Parameter subscriptions: Who should have what.
    public func summaries(among subscriptions: [Subscription]) async throws(LockstepError) -> [LedgerSummary] {
        try await database.read { db in
            var tally = LedgerTally(subscriptions, offices: try LedgerOffices(db: db).all())
            try DirectStatement(db, sql: LedgerTally.rows).each { _ in
            } _: { row in
                tally.count(row)
            }
            return tally.summaries
        }
    }
}
