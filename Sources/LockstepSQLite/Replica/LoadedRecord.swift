import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// A record in the hands of a batch: changed by any number of events, stored once, and kept for the next batch.
///
/// An object, as it is large and goes from hand to hand. Either one transaction has it, on the database's queue, or the
/// memory between two transactions, never both.
final class LoadedRecord: @unchecked Sendable {
    /// What stands in the record's row beside its registers.
    struct Row {
        let id: Int64
        /// Type and scope of the newest event about it; an older release did not store them.
        let type: String?
        let scope: String?
    }

    /// Its row; nil: it has none yet.
    private(set) var row: Row?
    /// Whether an adapter has not been told of it as it stood when the batch took it up.
    ///
    /// Of a record that was kept nobody looks: then it counts as one that the adapter must be told of.
    private(set) var wasUnpushed: Bool
    /// Its registers as they stand in the row; empty: nothing does.
    private(set) var original: [UInt8]
    /// Of these, where it is known already.
    private var originalDigest: DriftDigest?
    /// Whether it is in conflict as it stands in its row.
    private(set) var wasInConflict: Bool
    var record: Record
    /// Type and scope of the newest event about it.
    private(set) var type: String?
    private(set) var scope: String?
    /// What the events that were taken in say of conflicts that they settled.
    private(set) var settlements: [ConflictSettlement] = []
    /// The routing keys of its events.
    private(set) var routes: RecordRoutes
    private var originalRoutes: RecordRoutes
    /// What the office shows of it since the last event, until it is stored.
    private(set) var data: JSONObject?
    /// What is to be done to the calendar, if anything.
    private(set) var calendarEdit: CalendarTable.Edit?

    /// A record that nobody has heard of.
    init(_ subject: Subject) {
        record = Record(subject: subject)
        row = nil
        wasUnpushed = false
        original = []
        wasInConflict = false
        routes = .none
        originalRoutes = .none
    }

    /// A record as it was read.
    init(_ record: Record, row: Row, isUnpushed: Bool, original: [UInt8], routes: RecordRoutes) {
        self.record = record
        self.row = row
        wasUnpushed = isUnpushed
        self.original = original
        type = row.type
        scope = row.scope
        wasInConflict = record.isInConflict
        self.routes = routes
        originalRoutes = routes
    }

    /// The digest of what stands in its row; nil: nothing does.
    var digestOfOriginal: DriftDigest? {
        if let originalDigest { return originalDigest }
        if !original.isEmpty { originalDigest = DriftDigest(of: record.subject, encoded: original) }
        return originalDigest
    }

    /// About how many bytes of memory it takes: each field's name and value have memory of their own.
    var size: Int { 512 + 4 * original.count }

    /// Takes it up again that an earlier batch has left.
    func takeUp() {
        wasUnpushed = true
        shownVersion = nil
    }

    /// Lets go of what was there for storing it, while it is near at hand: much later it would have to be fetched for that.
    private func forget() {
        settlements = []
        calendarEdit = nil
        data = nil
    }

    /// Notes that it stands in its row now as it is.
    func stored(in id: Int64, registers: [UInt8], digest: DriftDigest) {
        row = Row(id: id, type: type, scope: scope)
        original = registers
        originalDigest = digest
        originalRoutes = routes
        wasInConflict = record.isInConflict
        forget()
    }

    /// Notes that nothing was written for it.
    func leftAsItWas() {
        type = row?.type
        scope = row?.scope
        forget()
    }

    /// Whether events had other routing keys than all before.
    var hasNewRoutes: Bool { routes != originalRoutes }

    /// The newest version that shows, since the last event.
    var version: Version {
        guard let shownVersion else { preconditionFailure("a record that took an event in has a version") }
        return shownVersion
    }

    private var shownVersion: Version?

    /// Takes an event in and says what became of it.
    ///
    /// Of the entries that the events of a batch make, the last one that could be made counts.
    func merge(_ event: Event, seenBy view: ReplicaView) -> Acceptance {
        let outcome = record.merge(event.change)
        // Every change speaks of the record's existence, and the newest one's word is always among the values. A state
        // is no change itself, and says of others only what they left behind.
        if event.operation != .state, record.existence.newest?.version == event.version {
            type = event.type.text
            scope = event.scope?.text
        }
        if !event.extensions.isEmpty { settlements += ConflictSettlement.all(of: event) }
        routes.insert(event)
        return acceptance(outcome, seenBy: view)
    }

    /// Puts a posted record in the place of what is held, and says what became of it.
    func keep(_ posted: PostedRecord, seenBy view: ReplicaView) -> Acceptance {
        let newer = Record(posted, after: record)
        let outcome = newer == record ? MergeOutcome.duplicate : .applied
        record = newer
        // It tells which types there were, and not which came last.
        type = posted.types.count == 1 ? posted.types[0].text : nil
        scope = posted.event.scope?.text
        routes = RecordRoutes(nil)
        return acceptance(outcome, seenBy: view)
    }

    private func acceptance(_ outcome: MergeOutcome, seenBy view: ReplicaView) -> Acceptance {
        switch show(seenBy: view) {
        case .entry(let entry): calendarEdit = .put(entry)
        case .deleted: calendarEdit = .remove
        case .unmapped: break
        case .refused(let reason): return Acceptance(outcome, refusal: reason)
        }
        return Acceptance(outcome)
    }

    /// Finds what the office shows of the record as it stands.
    func show(seenBy view: ReplicaView) -> ReplicaView.Showing {
        data = view.data(of: record)
        shownVersion = record.version
        return view.showing(of: record, version: version, data: data)
    }

    /// Type and scope of the newest event about it, for the next one; nil: they are not known.
    var labels: EditedRecord.Labels? {
        get throws(LockstepError) {
            guard let type else { return nil }
            return EditedRecord.Labels(
                type: try EventType(type), scope: try scope.map { text throws(LockstepError) in try Scope(text) })
        }
    }
}
