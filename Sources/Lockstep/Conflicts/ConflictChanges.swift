/// What a change of a record means for the ledger of conflicts: pure.
public struct ConflictChanges: Sendable, Hashable {
    /// Conflicts of fields that had none.
    public private(set) var opened: [Conflict] = []
    /// Conflicts that have other values than before, or that a policy sees otherwise.
    public private(set) var changed: [Conflict] = []
    /// Conflicts that are over, though no event told of its end: their fields have one content again.
    ///
    /// Another office may never have seen them: whether it did depends on the order in which changes arrived.
    public private(set) var ended: [ConflictSettlement] = []
    /// Conflicts that events told to have settled; the same wherever those events were taken in.
    public private(set) var settled: [ConflictSettlement] = []
    /// The fields whose former conflict is over, whichever way.
    public private(set) var closedFields: [String] = []

    /// Compares what the ledger holds of a record with how the record stands now.
    ///
    /// - Parameters:
    ///   - former: The record's conflicts in the ledger that nothing has settled, one a field.
    ///   - settlements: What the events said that were taken in since.
    ///   - record: The record.
    ///   - policy: What the office shows of conflicts.
    public init(
        from former: [Conflict], settlements: [ConflictSettlement], to record: Record, by policy: ConflictPolicy
    ) {
        settled = settlements
        let current = record.conflicts(by: policy)
        for conflict in current {
            guard let before = former.first(where: { $0.field == conflict.field }) else {
                opened.append(conflict)
                continue
            }
            if before != conflict { changed.append(conflict) }
        }
        for before in former where !current.contains(where: { $0.field == before.field }) {
            closedFields.append(before.field)
            let isTold = settlements.contains { $0.conflict.field == before.field }
            guard !isTold, let version = Self.end(of: before, in: record) else { continue }
            ended.append(ConflictSettlement(before, by: version))
        }
    }

    /// Whether the ledger stays as it is.
    public var isEmpty: Bool {
        opened.isEmpty && changed.isEmpty && settled.isEmpty && closedFields.isEmpty
    }

    /// The change that left one content; of fields that are gone, the one that spoke of the record last.
    private static func end(of conflict: Conflict, in record: Record) -> Version? {
        let register = conflict.field.isEmpty ? record.existence : record[field: conflict.field]
        return register?.newest?.version ?? record.existence.newest?.version
    }
}
