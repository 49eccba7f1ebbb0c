public import Lockstep

/// A replica in memory, for tests of what stands around a replica.
///
/// It passes ``ReplicaStoreConformance`` except that nothing of it outlives the process.
public actor MemoryReplica: ReplicaStore {
    private let view: ConflictPolicy
    private let mappings: [CalendarMapping]
    private var failures: [LockstepError] = []
    private var pushed: [Subject: Change] = [:]

    /// The records, by subject.
    public private(set) var records: [Subject: Record] = [:]
    /// The calendar, by subject.
    public private(set) var calendar: [Subject: CalendarEntry] = [:]
    /// The batches that were taken in.
    public private(set) var batches: [[Arrival]] = []

    /// An empty replica.
    public init(calendar: [CalendarMapping] = [], conflicts: ConflictPolicy = .newest) {
        mappings = calendar
        view = conflicts
    }

    /// Makes the next calls of ``merge(_:)`` fail, one for each error; nothing is taken in by them.
    public func failNext(_ errors: LockstepError...) {
        failures += errors
    }

    public func merge(_ arrivals: [Arrival]) async throws(LockstepError) -> [Acceptance] {
        if !failures.isEmpty { throw failures.removeFirst() }
        batches.append(arrivals)
        return arrivals.map { accept($0.event) }
    }

    public func unpushed(among subjects: Set<Subject>) async throws(LockstepError) -> [Change] {
        subjects.sorted().compactMap { subject in
            guard let record = records[subject], let change = change(of: record) else { return nil }
            let before = pushed[subject]
            return before?.version == change.version && before?.data == change.data ? nil : change
        }
    }

    public func markPushed(_ changes: [Change]) async throws(LockstepError) {
        for change in changes where records[change.subject] != nil { pushed[change.subject] = change }
    }

    private func accept(_ event: Event) -> Acceptance {
        var record = records[event.subject] ?? Record(subject: event.subject)
        let outcome = record.merge(event.change)
        records[event.subject] = record
        return Acceptance(outcome, refusal: refusal(of: record))
    }

    private func refusal(of record: Record) -> String? {
        guard let change = change(of: record), let data = change.data else {
            calendar[record.subject] = nil
            return nil
        }
        guard let mapping = mappings.mapping(forTypes: record.types) else { return nil }
        do throws(CalendarMapping.Refusal) {
            calendar[record.subject] = try mapping.entry(subject: record.subject, version: change.version, data: data)
            return nil
        } catch {
            return error.reason
        }
    }

    private func change(of record: Record) -> Change? {
        record.version.map { version in
            Change(subject: record.subject, version: version, data: record.shown(by: view), types: record.types)
        }
    }
}
