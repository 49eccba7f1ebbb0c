import Lockstep
import LockstepTesting
import Testing

/// Replicas that took in the same changes are equal to the byte, whatever the order and however often.
struct ConvergenceTests {
    private static let histories = 1000

    @Test(.timeLimit(.minutes(2)))
    func anyOrderWithDuplicatesEndsInTheSameBytes() throws {
        try forEachSeed(Self.histories) { _, generator in
            let changes = try RandomHistory(using: &generator).changes
            let reference = try Sample.record(changes)
            var arrivals = changes
            for change in changes where generator.chance(0.3) { arrivals.append(change) }
            arrivals.shuffle(using: &generator)
            let other = try Sample.record(arrivals)
            try demand(other.encoded() == reference.encoded(), "two orders differ")
            try demand(
                other.shown(by: .newest)?.text == reference.shown(by: .newest)?.text, "two orders show different")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func aRecordThatWasStoredGoesOnAsIfItHadNotBeen() throws {
        try forEachSeed(Self.histories) { _, generator in
            let changes = try RandomHistory(using: &generator).changes.shuffled(using: &generator)
            var stored = Record(subject: try Subject("permit/1"))
            for change in changes {
                stored = try Record(subject: stored.subject, encoded: stored.encoded())
                stored.merge(change)
            }
            try demand(stored == (try Sample.record(changes)), "storing changed the record")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func takingEverythingInAgainChangesNothing() throws {
        try forEachSeed(Self.histories) { _, generator in
            let changes = try RandomHistory(using: &generator).changes
            let once = try Sample.record(changes)
            var twice = once
            for change in changes.shuffled(using: &generator) {
                let outcome = twice.merge(change)
                try demand(!outcome.changedSomething, "a duplicate was \(outcome)")
            }
            try demand(twice == once, "duplicates changed the record")
        }
    }

    /// No lost update: only a change that had seen a value, or a later one of the same origin, removes it.
    @Test(.timeLimit(.minutes(2)))
    func aValueGoesOnlyWhenAChangeThatHadSeenItArrives() throws {
        try forEachSeed(Self.histories) { _, generator in
            let changes = try RandomHistory(using: &generator).changes
            let record = try Sample.record(changes)
            for change in changes {
                for field in change.data.fields {
                    let isKept = record[field: field.name]?.values.contains { $0.version == change.version } ?? false
                    let isReplaced = changes.contains { other in
                        Self.replaces(other, change.version, field: field.name)
                    }
                    try demand(
                        isKept != isReplaced,
                        "\(field.name) of \(change.version): kept \(isKept), replaced \(isReplaced)")
                }
            }
        }
    }

    /// The rule of the documentation, said once more in other words than the code's.
    private static func replaces(_ other: RecordChange, _ version: Version, field: String) -> Bool {
        let writesField = other.operation == .delete ? false : other.data[field] != nil
        guard other.version != version, writesField || other.operation != .merge else { return false }
        if other.version.origin == version.origin { return other.version.reading > version.reading }
        switch other.seen {
        case .everywhere(let vector): return vector.covers(version)
        case .byField(let vectors): return vectors[field]?.covers(version) ?? false
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func twinsOfABrokenOriginStillEndTheSameEverywhere() throws {
        try forEachSeed(500) { _, generator in
            var changes = try RandomHistory(using: &generator).changes.filter { $0.operation == .merge }
            for change in changes where generator.chance(0.5) {
                var twin = change
                twin.data["status"] = JSONText(string: "twin")
                changes.append(twin)
            }
            let reference = try Sample.record(changes)
            let other = try Sample.record(changes.shuffled(using: &generator))
            try demand(other.encoded() == reference.encoded(), "twins made two orders differ")
        }
    }
}

/// Fails a seed with a sentence.
private func demand(_ condition: Bool, _ what: String) throws {
    if !condition { throw Disagreement(description: what) }
}

private struct Disagreement: Error, CustomStringConvertible {
    let description: String
}
