import Lockstep
import LockstepTesting
import Testing

struct HistoryCheckerTests {
    @Test
    func aGoodHistoryIsClean() throws {
        try forEachSeed(200) { _, generator in
            let history = try SampleHistory(using: &generator)
            let verdict = history.judge()
            try #require(verdict.isClean, "\(verdict)")
            try #require(verdict.accepted > 0 && verdict.applied > 0 && verdict.duplicates > 0)
            try #require(verdict.dead.count == history.offices.reduce(0) { $0 + $1.dead.count })
        }
    }

    @Test(arguments: Corruption.allCases)
    func aSingleCorruptionIsFound(_ corruption: Corruption) throws {
        var found = 0
        try forEachSeed(100) { _, generator in
            var history = try SampleHistory(using: &generator)
            // Not every history has what is to be corrupted.
            guard try corruption.happen(to: &history, using: &generator) else { return }
            let verdict = history.judge()
            try #require(corruption.isFound(in: verdict), "\(verdict)")
            try #require(!verdict.isClean)
            found += 1
        }
        #expect(found > 20)
    }

    private static func checker(_ ids: String..., accepted: Set<String>) throws -> HistoryChecker {
        var checker = HistoryChecker()
        for (index, id) in ids.enumerated() {
            checker.attempt(try EventID(id), about: try Subject("record/1"), version: try version(index + 1))
            if accepted.contains(id) { checker.accept(try EventID(id)) }
        }
        return checker
    }

    private static func version(_ number: Int) throws -> Version {
        Version(reading: ClockReading(UInt64(number)), origin: try Origin("core"))
    }

    private static func office(
        applied: [String] = [], dead: [String] = [], shows number: Int? = nil
    ) throws -> OfficeHistory {
        var office = OfficeHistory(
            name: "ward-1", applied: try applied.map { try EventID($0) },
            dead: try dead.map { OfficeHistory.DeadLetter(id: try EventID($0), reason: "refused") })
        if let number {
            office.state[try Subject("record/1")] = OfficeHistory.Held(version: try version(number), content: "")
        }
        return office
    }

    @Test
    func aDeadLetterExcusesItsOwnEventAndNoOther() throws {
        let checker = try Self.checker("a", "b", accepted: ["a", "b"])
        let good = try Self.office(applied: ["a"], dead: ["b"], shows: 1)
        #expect(checker.judge([good]).isClean)
        // As many dead letters as events are missing, but another one's.
        let bad = try Self.office(applied: [], dead: ["a", "a"], shows: nil)
        #expect(checker.judge([bad]).lost.map(\.id.text) == ["b"])
    }

    @Test
    func whatIsDeadMayShowOrNot() throws {
        let checker = try Self.checker("a", "b", accepted: ["a", "b"])
        for shown in [1, 2] {
            let verdict = checker.judge([try Self.office(applied: ["a"], dead: ["b"], shows: shown)])
            #expect(verdict.isClean, "\(verdict)")
        }
        #expect(!checker.judge([try Self.office(applied: ["a"], dead: ["b"], shows: 3)]).isClean)
        #expect(!checker.judge([try Self.office(applied: ["b"], dead: ["a"], shows: 1)]).isClean)
    }

    @Test
    func whatWasNeitherConfirmedNorRefusedMayArriveAndThenMustShow() throws {
        let checker = try Self.checker("a", "b", accepted: ["a"])
        #expect(checker.judge([try Self.office(applied: ["a"], shows: 1)]).isClean)
        #expect(checker.judge([try Self.office(applied: ["a", "b"], shows: 2)]).isClean)
        #expect(checker.judge([try Self.office(applied: ["a", "b"], shows: 1)]).wrong.count == 1)
        #expect(checker.judge([try Self.office(applied: ["b"], shows: 2)]).lost.map(\.id.text) == ["a"])
    }

    @Test
    func theDescriptionNamesWhatIsWrong() throws {
        let checker = try Self.checker("a", "b", accepted: ["a", "b"])
        let office = try Self.office(applied: ["a", "stranger", "a"], shows: 2)
        #expect(
            checker.judge([office]).description == """
                accepted 2, applied 2, dead 0, duplicates 1; lost 1, unexpected 1, wrong 1, disagreements 0
                lost: b at ward-1
                unexpected: stranger at ward-1
                wrong: record/1 at ward-1 is 0000000000000002-core, not 0000000000000001-core
                """)
    }
}
