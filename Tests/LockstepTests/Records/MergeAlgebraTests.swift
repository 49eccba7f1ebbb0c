import Lockstep
import LockstepTesting
import Testing

/// Taking in sets of changes is a join: commutative, associative, idempotent.
///
/// At the level of sets: two records are not joined with each other, a record takes in changes.
struct MergeAlgebraTests {
    private static let histories = 1500

    /// Three sets of changes that overlap.
    private static func sets(using generator: inout SeededGenerator) throws -> [[RecordChange]] {
        let changes = try RandomHistory(longest: 12, using: &generator).changes
        return (0..<3).map { _ in changes.filter { _ in generator.chance(0.5) } }
    }

    private static func joined(_ sets: [RecordChange]...) throws -> [UInt8] {
        try Sample.record(sets.flatMap { $0 }).encoded()
    }

    @Test(.timeLimit(.minutes(5))) func isCommutative() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let sets = try Self.sets(using: &generator)
            try demand(try Self.joined(sets[0], sets[1]) == Self.joined(sets[1], sets[0]), "A ∪ B is not B ∪ A")
        }
    }

    @Test(.timeLimit(.minutes(5))) func isAssociative() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let sets = try Self.sets(using: &generator)
            // B ∪ C, arrived elsewhere and in another order, comes to A as one set.
            let right = (sets[1] + sets[2]).shuffled(using: &generator)
            try demand(
                try Self.joined(sets[0] + sets[1], sets[2]) == Self.joined(sets[0], right),
                "(A ∪ B) ∪ C is not A ∪ (B ∪ C)")
        }
    }

    @Test(.timeLimit(.minutes(5))) func isIdempotent() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let sets = try Self.sets(using: &generator)
            try demand(
                try Self.joined(sets[0], sets[1], sets[0]) == Self.joined(sets[0], sets[1]), "A ∪ B ∪ A is not A ∪ B")
        }
    }
}
