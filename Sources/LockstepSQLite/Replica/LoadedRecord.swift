import Lockstep

/// A record in the hands of a batch: loaded once, changed by any number of events, stored once.
///
/// An object, as it is one batch's and is large.
final class LoadedRecord {
    /// What stands in the record's row beside its registers.
    struct Row {
        let id: Int64
        /// Type and scope of the newest event about it; an older release did not store them.
        let type: String?
        let scope: String?
        /// Whether an adapter has not been told of it as it stands there.
        ///
        /// Of a record that was kept nobody looks: then it counts as one that the adapter must be told of.
        let isUnpushed: Bool
    }

    /// Its row; nil: it has none yet.
    let row: Row?
    /// What was loaded; empty: nothing.
    let original: [UInt8]
    /// Of what was loaded, where it is known already.
    private let originalDigest: DriftDigest?
    /// Whether it was in conflict when it was loaded.
    let wasInConflict: Bool
    var record: Record
    /// Type and scope of the newest event about it.
    private(set) var type: String?
    private(set) var scope: String?
    /// What the events that were taken in say of conflicts that they settled.
    private(set) var settlements: [ConflictSettlement] = []
    /// The routing keys of its events.
    private(set) var routes: RecordRoutes
    private let originalRoutes: RecordRoutes
    /// What the office shows of it since the last event.
    private(set) var data: JSONObject?
    /// What is to be done to the calendar, if anything.
    private(set) var calendarEdit: CalendarTable.Edit?

    /// A record that nobody has heard of.
    init(_ subject: Subject) {
        record = Record(subject: subject)
        row = nil
        original = []
        originalDigest = nil
        wasInConflict = false
        routes = .none
        originalRoutes = .none
    }

    /// A record as it was read.
    init(
        _ record: Record, row: Row, original: [UInt8], digest: DriftDigest? = nil, wasInConflict: Bool? = nil,
        routes: RecordRoutes
    ) {
        self.record = record
        self.row = row
        self.original = original
        originalDigest = digest
        type = row.type
        scope = row.scope
        self.wasInConflict = wasInConflict ?? record.isInConflict
        self.routes = routes
        originalRoutes = routes
    }

    /// A record as it was kept.
    convenience init(_ kept: KeptRecord) {
        let row = Row(id: kept.id, type: kept.type, scope: kept.scope, isUnpushed: true)
        self.init(
            kept.record, row: row, original: kept.registers, digest: kept.digest, wasInConflict: kept.isInConflict,
            routes: kept.routes)
    }

    /// The digest of what was loaded; nil: nothing was.
    var digestOfOriginal: DriftDigest? {
        if let originalDigest { return originalDigest }
        return original.isEmpty ? nil : DriftDigest(of: record.subject, encoded: original)
    }

    /// What to keep of it when it was stored like this.
    func stored(in id: Int64, registers: [UInt8], digest: DriftDigest) -> KeptRecord {
        KeptRecord(
            id: id, record: record, isInConflict: record.isInConflict, registers: registers, digest: digest, type: type,
            scope: scope, routes: routes)
    }

    /// What to keep of it when nothing was written for it; nil: it was not there.
    var untouched: KeptRecord? {
        guard let row, let digest = digestOfOriginal else { return nil }
        return KeptRecord(
            id: row.id, record: record, isInConflict: wasInConflict, registers: original, digest: digest,
            type: row.type, scope: row.scope, routes: originalRoutes)
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
