import Lockstep

/// A replica of one record that can lose what it has not committed.
struct SimulatedReplica {
    private(set) var record: Record
    private(set) var horizon = ClockReading(0)
    private var committed: [UInt8]
    /// What the stored bytes hold, by place in the history.
    private var kept: Set<Int> = []
    private var held: [Int] = []
    private var lost: [Int] = []

    init(subject: Subject) {
        record = Record(subject: subject)
        committed = record.encoded()
    }

    /// Goes through the steps; a place in the history that is not among the changes is left out.
    mutating func run(_ deliveries: RandomDeliveries, of changes: [Int: RecordChange]) throws {
        for step in deliveries.steps {
            switch step {
            case .arrival(let index): takeIn(index, of: changes)
            case .loss(let index): lost.append(index)
            case .commit: commit()
            case .crash: try crash()
            case .redelivery:
                let again = lost
                lost = []
                for index in again { takeIn(index, of: changes) }
            case .compaction(let horizon): compact(before: horizon, of: changes)
            }
        }
    }

    private mutating func takeIn(_ index: Int, of changes: [Int: RecordChange]) {
        guard let change = changes[index] else { return }
        held.append(index)
        // What is older than the horizon was taken in before: that is what the horizon assumes.
        guard change.version.reading >= horizon else { return }
        record.merge(change)
    }

    private mutating func commit() {
        committed = record.encoded()
        kept.formUnion(held)
        held = []
    }

    private mutating func crash() throws {
        record = try Record(subject: record.subject, encoded: committed)
        lost += held
        held = []
    }

    private mutating func compact(before next: ClockReading, of changes: [Int: RecordChange]) {
        commit()
        guard next > horizon,
            changes.allSatisfy({ index, change in change.version.reading >= next || kept.contains(index) })
        else { return }
        horizon = next
        record = record.compacted(before: next)
        commit()
    }
}
