public import Lockstep

extension SQLiteReplica {
    /// Takes records in as another office shows them, in one transaction, and answers for each, in order.
    ///
    /// Of each record the newest stays, see ``/Lockstep/PostedRecord/isNewer(than:sentAt:)``; coming again changes nothing.
    /// All of a record comes from one sender, and nobody else changes it: what was merged from events, or changed in the
    /// office, goes when a newer one is posted.
    ///
    /// - Throws: As ``merge(_:)`` does. Nothing has been taken in then.
    public func keep(_ posts: [PostedRecord]) async throws(LockstepError) -> [Acceptance] {
        guard !posts.isEmpty else { return [] }
        let (view, clock) = (view, clock)
        return try await database.write { db in
            var transaction = ReplicaTransaction(db, view: view, clock: clock)
            let acceptances = try transaction.keep(posts)
            CrashPoint.merged.pass()
            return acceptances
        }
    }
}
