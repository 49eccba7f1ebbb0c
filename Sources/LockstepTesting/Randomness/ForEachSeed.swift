import FoundationEssentials

/// Runs the closure once for each of `count` seeds; the first one that throws ends the run, and is named.
///
/// The seeds are the same in every run. The environment chooses others:
/// `LOCKSTEP_SEED=17` runs that seed alone, `LOCKSTEP_SEEDS=100000` runs that many.
///
/// Inside, use what throws (`try #require`) rather than what only records (`#expect`), or put the seed into
/// the comment: else nobody learns which history failed.
///
/// - Throws: ``SeedFailure`` with the seed and what the closure threw.
public func forEachSeed(
    _ count: Int,
    _ body: (_ seed: UInt64, _ generator: inout SeededGenerator) throws -> Void
) throws {
    for seed in SeedChoice(ProcessInfo.processInfo.environment, count: count).seeds {
        var generator = SeededGenerator(seed: seed)
        do {
            try body(seed, &generator)
        } catch {
            throw SeedFailure(seed: seed, underlying: error)
        }
    }
}

/// Runs the asynchronous closure once for each of `count` seeds, as the synchronous ``forEachSeed(_:_:)`` does.
///
/// Between two seeds others have their turn: tests of many seconds that do not use it hold up those that run beside them.
public func forEachSeed(
    _ count: Int,
    _ body: (_ seed: UInt64, _ generator: inout SeededGenerator) async throws -> Void
) async throws {
    for seed in SeedChoice(ProcessInfo.processInfo.environment, count: count).seeds {
        await Task.yield()
        var generator = SeededGenerator(seed: seed)
        do {
            try await body(seed, &generator)
        } catch {
            throw SeedFailure(seed: seed, underlying: error)
        }
    }
}

/// A random history failed, and this is the seed that brings it back.
public struct SeedFailure: Error, CustomStringConvertible {
    /// The seed of the history that failed.
    public let seed: UInt64
    /// What it failed with.
    public let underlying: any Error

    public var description: String { "seed \(seed) (again with LOCKSTEP_SEED=\(seed)): \(underlying)" }
}

/// Which seeds to run.
struct SeedChoice {
    let seeds: [UInt64]

    init(_ environment: [String: String], count: Int) {
        if let one = environment["LOCKSTEP_SEED"].flatMap({ UInt64($0) }) {
            seeds = [one]
        } else {
            let wanted = environment["LOCKSTEP_SEEDS"].flatMap { Int($0) } ?? count
            seeds = (0..<max(wanted, 0)).map { UInt64($0) + 1 }
        }
    }
}
