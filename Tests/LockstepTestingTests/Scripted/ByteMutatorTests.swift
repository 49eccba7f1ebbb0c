import LockstepTesting
import Testing

struct ByteMutatorTests {
    @Test
    func damageIsSmallAndTheSameForTheSameSeed() throws {
        let bytes = [UInt8](0..<200)
        var shorter = 0
        var longer = 0
        try forEachSeed(500) { seed, generator in
            var again = SeededGenerator(seed: seed)
            let damaged = ByteMutator.mutate(bytes, using: &generator)
            try #require(damaged == ByteMutator.mutate(bytes, using: &again))
            try #require(damaged.count <= bytes.count + 4 * 16)
            shorter += damaged.count < bytes.count ? 1 : 0
            longer += damaged.count > bytes.count ? 1 : 0
        }
        #expect(shorter > 50 && longer > 50)
    }

    @Test
    func nothingCanBeDoneToNothing() {
        var generator = SeededGenerator(seed: 1)
        #expect(ByteMutator.mutate([], using: &generator).isEmpty)
    }
}
