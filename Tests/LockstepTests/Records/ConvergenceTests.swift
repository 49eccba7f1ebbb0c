import Lockstep
import LockstepTesting
import Testing

/// Replicas that took in the same changes are equal to the byte, whatever the order, however often, and whatever
/// crashes lay between.
///
/// `LOCKSTEP_SEEDS=100000` runs more histories.
struct ConvergenceTests {
    private static let histories = 10_000

    @Test(.timeLimit(.minutes(5)))
    func allReplicasEndTheSameWhateverTheOrderAndThePolicy() async throws {
        let policies = try SamplePolicies()
        try await forEachSeed(Self.histories) { _, generator async throws in
            let history = try RandomHistory(longest: generator.chance(0.9) ? 8 : 24, using: &generator)
            let count = Int.random(in: 2...(generator.chance(0.9) ? 3 : 8), using: &generator)
            try Scenario(history, replicas: count, using: &generator).check { scenario in
                let expected = try Sample.record(scenario.history)
                try Self.checkContents(of: expected, after: scenario.history)
                let bytes = expected.encoded()
                for replica in try scenario.outcomes() {
                    try demand(replica.record.encoded() == bytes, "two replicas hold other bytes")
                    try policies.demandTheSame(replica.record, expected)
                }
            }
        }
    }

    /// No lost update: exactly those values are there that no change which had seen them, or a later one of the same
    /// origin, has replaced; each with what was written.
    private static func checkContents(of record: Record, after changes: [RecordChange]) throws {
        let existence = ModelRegister(of: nil, in: changes)
        try demand(record.existence.values.map(\.version) == existence.versions, "existence: a change is lost or kept")
        for field in ["address", "status", "ward"] {
            let model = ModelRegister(of: field, in: changes)
            let values = record[field: field]?.values ?? []
            try demand(values.map(\.version) == model.versions, "\(field): a change is lost or kept")
            for value in values {
                let change = changes.first { $0.version == value.version }
                let written = change?.data[field]
                let isRemoval = change?.operation == .merge && written == .null
                try demand(value.content == (isRemoval ? nil : written), "\(field): not what was written")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func takingEverythingInAgainChangesNothing() async throws {
        try await forEachSeed(500) { _, generator async throws in
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

    @Test(.timeLimit(.minutes(5)))
    func twinsOfABrokenOriginStillEndTheSameEverywhere() async throws {
        try await forEachSeed(500) { _, generator async throws in
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
