import GRDB
import Lockstep

/// One batch of events on its way into a replica, inside one transaction.
struct ReplicaTransaction {
    let db: Database
    let view: ReplicaView
    let clock: WallClock
    /// What is known of the file; to be kept once the transaction has committed.
    private(set) var memory: ReplicaMemory
    var loaded: [LoadedRecord] = []
    /// The slots of what is loaded, in the memory.
    private var slots: [Int] = []
    /// Which of them an adapter has to be told of, though the change was made in the office.
    var strange: Set<Int> = []

    init(_ db: Database, view: ReplicaView, clock: WallClock, memory: ReplicaMemory = ReplicaMemory()) {
        self.db = db
        self.memory = memory
        self.view = view
        self.clock = clock
    }

    /// Takes the events in, in their order, and stores what they changed.
    mutating func merge(_ arrivals: [Arrival]) throws -> [Acceptance] {
        let horizon = try memory.horizon ?? Horizon(db: db).reading()
        memory.horizon = horizon
        loaded.reserveCapacity(arrivals.count)
        slots.reserveCapacity(arrivals.count)
        var acceptances: [Acceptance] = []
        acceptances.reserveCapacity(arrivals.count)
        // By index: an event is large, and a loop over the values copies each.
        for index in arrivals.indices {
            // What another replica knows of a record is not older than that replica, however old the record is.
            guard arrivals[index].event.version.reading >= horizon || arrivals[index].event.operation == .state else {
                acceptances.append(.tooOld)
                continue
            }
            let position = try position(of: arrivals[index].event.subject)
            acceptances.append(loaded[position].merge(arrivals[index].event, seenBy: view))
        }
        try storeAll(arrivals, acceptances)
        return acceptances
    }

    /// Stores what events changed, and counts them.
    mutating func storeAll(_ arrivals: [Arrival], _ acceptances: [Acceptance]) throws {
        let now = clock.now
        try storeRecords(at: now)
        var tally = Tally()
        for index in arrivals.indices { tally.insert(acceptances[index], of: arrivals[index], at: now) }
        try StatisticsTable(db: db).add(tally, at: now)
        try observe(arrivals, at: now)
        if let newest = tally.newest { try Horizon(db: db).note(newest: newest) }
    }

    /// Moves the office's own clock past all that came, so that its next change is newer.
    ///
    /// A clock that is more than a day ahead is wrong, and would take all later changes with it.
    private func observe(_ arrivals: [Arrival], at now: Timestamp) throws {
        let latest = now.milliseconds + 86_400_000
        var newest: ClockReading?
        for index in arrivals.indices {
            let reading = arrivals[index].event.version.reading
            if reading.milliseconds <= latest { newest = newest.map { max($0, reading) } ?? reading }
        }
        if let newest { try OutboxTable(db: db).observe(newest) }
    }

    mutating func position(of subject: Subject) throws -> Int {
        let slot = memory.records.slot(of: subject)
        if let position = memory.records.position(of: slot) { return position }
        if let kept = memory.records.take(slot, to: loaded.count) {
            kept.takeUp()
            loaded.append(kept)
        } else {
            loaded.append(try RecordTable(db: db).load(subject))
        }
        slots.append(slot)
        return loaded.count - 1
    }

    /// Bytes that are the same as before show the same as before: nothing is written for them.
    mutating func storeRecords(at now: Timestamp) throws {
        let records = try RecordStoring(db)
        let calendar = CalendarTable(db: db)
        let ledger = ConflictLedger(db: db, view: view)
        var digests = DigestChanges()
        var bookings = view.hasBookings ? BookingJudge(db: db, view: view) : nil
        for (index, loaded) in loaded.enumerated() {
            try ledger.note(
                loaded.record, wasInConflict: loaded.wasInConflict, settlements: loaded.settlements,
                scope: loaded.scope, at: now)
            let registers = loaded.record.encoded()
            guard registers != loaded.original || loaded.hasNewRoutes else {
                loaded.leftAsItWas()
                memory.records.put(loaded, in: slots[index])
                continue
            }
            let digest = DriftDigest(of: loaded.record.subject, encoded: registers)
            digests.insert(loaded.record.subject, from: loaded.digestOfOriginal, to: digest)
            let id = try records.store(loaded, registers: registers)
            if let edit = loaded.calendarEdit {
                try calendar.apply(edit, to: loaded.record.subject, at: now)
            }
            try bookings?.note(loaded.record, shown: loaded.data)
            loaded.stored(in: id, registers: registers, digest: digest)
            memory.records.put(loaded, in: slots[index])
        }
        try bookings?.judge()
        try DigestTable(db: db).add(digests)
        memory.records.trim()
    }
}
