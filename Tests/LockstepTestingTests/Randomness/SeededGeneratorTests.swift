import Testing

@testable import LockstepTesting

struct SeededGeneratorTests {
    @Test func givesTheNumbersOfTheReferenceImplementation() {
        var generator = SeededGenerator(seed: 1_234_567)
        // From the reference implementation in C, as Rosetta Code prints it for the same seed.
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func chanceIsAsOftenAsAskedFor() {
        var generator = SeededGenerator(seed: 1)
        let hits = (0..<10_000).count { _ in generator.chance(0.2) }
        #expect((1_800...2_200).contains(hits))
    }
}

struct ForEachSeedTests {
    struct Broken: Error {}

    @Test func namesTheSeedThatFailed() throws {
        var seen: [UInt64] = []
        let failure = #expect(throws: SeedFailure.self) {
            try forEachSeed(10) { seed, _ in
                seen.append(seed)
                if seed == 4 { throw Broken() }
            }
        }
        #expect(failure?.seed == 4)
        #expect(failure?.description.contains("LOCKSTEP_SEED=4") == true)
        #expect(seen == [1, 2, 3, 4])
    }

    @Test func eachSeedHasItsOwnHistory() async throws {
        var firsts: Set<UInt64> = []
        try await forEachSeed(100) { _, generator async throws in firsts.insert(generator.next()) }
        #expect(firsts.count == 100)
    }

    @Test func theEnvironmentChoosesSeeds() {
        #expect(SeedChoice([:], count: 3).seeds == [1, 2, 3])
        #expect(SeedChoice(["LOCKSTEP_SEED": "17", "LOCKSTEP_SEEDS": "5"], count: 3).seeds == [17])
        #expect(SeedChoice(["LOCKSTEP_SEEDS": "5"], count: 3).seeds == [1, 2, 3, 4, 5])
    }
}
