public import Lockstep

extension SQLiteLedgerReader {
    /// How the offices stand to all events: those that are given, in their order, then those that spoke all the same.
    ///
    /// Reads what the ledger has counted as it came, in one state of it: milliseconds, however many deliveries there are.
    ///
    /// - Parameter subscriptions: Who should have what.
    public func summaries(among subscriptions: [Subscription]) async throws(LockstepError) -> [LedgerSummary] {
        try await database.read { db in
            try LedgerTally(subscriptions, db).summaries
        }
    }
}
