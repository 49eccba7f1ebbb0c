import GRDB
public import Lockstep

extension OfficeReader {
    /// What the office's replica would make of an event; nothing is written.
    ///
    /// - Parameter subscription: How the office shows its records.
    public func rehearse(
        _ event: Event, for subscription: Subscription
    ) async throws(LockstepError) -> Acceptance {
        let view = ReplicaView(
            office: subscription.office, conflicts: subscription.conflicts, calendar: subscription.calendar)
        return try await database.read { db in
            guard event.version.reading >= (try Horizon(db: db).reading()) || event.operation == .state else {
                return .tooOld
            }
            let loaded = try RecordTable(db: db).load(event.subject)
            return loaded.merge(event, seenBy: view)
        }
    }
}
