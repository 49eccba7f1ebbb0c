import GRDB
public import Lockstep

extension OfficeReader {
    /// What would become of an event in an office's replica.
    public struct Rehearsal: Sendable, Hashable {
        /// What the replica would make of it.
        public var acceptance: Acceptance
        /// What an adapter of states would be told then; nil: nothing that it does not know already.
        public var change: Change?
    }

    /// What the office's replica would make of an event; nothing is written.
    ///
    /// - Parameter subscription: How the office shows its records.
    public func rehearse(
        _ event: Event, for subscription: Subscription
    ) async throws(LockstepError) -> Rehearsal {
        let view = ReplicaView(
            office: subscription.office, conflicts: subscription.conflicts, calendar: subscription.calendar)
        return try await database.read { db in
            guard event.version.reading >= (try Horizon(db: db).reading()) || event.operation == .state else {
                return Rehearsal(acceptance: .tooOld)
            }
            let loaded = try RecordTable(db: db).load(event.subject)
            let before = loaded.row.map { _ in Shown(of: loaded.record, view) }
            let acceptance = loaded.merge(event, seenBy: view)
            let after = Shown(of: loaded.record, view)
            guard loaded.wasUnpushed || before != after, let version = after.version else {
                return Rehearsal(acceptance: acceptance)
            }
            let change = Change(
                subject: event.subject, version: version, data: after.data, types: loaded.record.types,
                trace: event.trace)
            return Rehearsal(acceptance: acceptance, change: change)
        }
    }
}

/// What of a record an adapter knows that was told of it.
private struct Shown: Equatable {
    let version: Version?
    let data: JSONObject?

    init(of record: Lockstep.Record, _ view: ReplicaView) {
        version = record.version
        data = view.data(of: record)
    }
}
