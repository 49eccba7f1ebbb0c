import LockstepTesting
import Testing

@testable import Lockstep

@Suite("Events in rounds")
struct EventRoundsTests {
    private static func rounds(_ subjects: [String]) throws -> EventRounds {
        EventRounds(try subjects.enumerated().map { ($0.offset, try Subject($0.element)) })
    }

    @Test("a round has one event of each record at most, in their order")
    func order() throws {
        var rounds = try Self.rounds(["a", "b", "a", "c", "a", "b"])
        #expect(rounds.next() == [0, 1, 3])
        #expect(rounds.next() == [2, 5])
        #expect(rounds.next() == [4])
        #expect(rounds.next() == nil)
    }

    @Test("what is held back comes in no later round")
    func holding() throws {
        var rounds = try Self.rounds(["a", "b", "a", "b", "a"])
        #expect(rounds.next() == [0, 1])
        #expect(rounds.holdBack(try Subject("a")) == [2, 4])
        #expect(rounds.holdBack(try Subject("a")) == [])
        #expect(rounds.next() == [3])
        #expect(rounds.next() == nil)
        var others = try Self.rounds(["a", "a", "b", "a"])
        #expect(others.next() == [0, 2])
        #expect(others.stop() == [1, 3])
        #expect(others.next() == nil)
    }

    @Test("every event comes once, and those of a record in their order, whatever the batch")
    func histories() throws {
        try forEachSeed(2_000) { _, generator in
            let subjects = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                ["a", "b", "c", "d"].randomElement(using: &generator) ?? "a"
            }
            var rounds = try Self.rounds(subjects)
            var told: [Int] = []
            while let round = rounds.next() {
                try #require(Set(round.map { subjects[$0] }).count == round.count)
                told += round
            }
            try #require(told.sorted() == Array(subjects.indices))
            for subject in Set(subjects) {
                let own = told.filter { subjects[$0] == subject }
                try #require(own == own.sorted())
            }
        }
    }
}
