import Lockstep

/// A record in the hands of a batch: loaded once, changed by any number of events, stored once.
struct LoadedRecord {
    /// Its row; nil: it has none yet.
    let id: Int64?
    /// What was loaded; empty: nothing.
    let original: [UInt8]
    var record: Record
    /// What the office shows of it since the last event.
    private(set) var data: JSONObject?
    /// What is to be done to the calendar, if anything.
    private(set) var calendarEdit: CalendarTable.Edit?

    init(_ record: Record, id: Int64? = nil, original: [UInt8] = []) {
        self.record = record
        self.id = id
        self.original = original
    }

    /// The newest version that shows, since the last event.
    var version: Version {
        guard let shownVersion else { preconditionFailure("a record that took an event in has a version") }
        return shownVersion
    }

    private var shownVersion: Version?

    /// Takes an event in and says what became of it.
    ///
    /// Of the entries that the events of a batch make, the last one that could be made counts.
    mutating func merge(_ event: Event, seenBy view: ReplicaView) -> Acceptance {
        let outcome = record.merge(event.change)
        switch show(seenBy: view) {
        case .entry(let entry): calendarEdit = .put(entry)
        case .deleted: calendarEdit = .remove
        case .unmapped: break
        case .refused(let reason): return Acceptance(outcome, refusal: reason)
        }
        return Acceptance(outcome)
    }

    /// Finds what the office shows of the record as it stands.
    mutating func show(seenBy view: ReplicaView) -> ReplicaView.Showing {
        data = view.data(of: record)
        shownVersion = record.version
        return view.showing(of: record, version: version, data: data)
    }
}
