import LockstepTesting
import Testing

@testable import RabbitMQ

struct ConfirmTrackerTests {
    /// Settles and returns what was settled.
    private func confirm(
        _ tracker: inout ConfirmTracker<Int>, _ number: UInt64, multiple: Bool = false, isAck: Bool = true
    ) throws -> [Int] {
        var settled: [Int] = []
        try tracker.confirm(number, multiple: multiple, isAck: isAck) { entry, _ in settled.append(entry) }
        return settled
    }

    private func tracker(of count: Int) -> ConfirmTracker<Int> {
        var tracker = ConfirmTracker<Int>()
        for entry in 1...count { tracker.add(entry, at: .now) }
        return tracker
    }

    @Test
    func numbersFromOne() {
        var tracker = ConfirmTracker<String>()
        let numbers = [tracker.add("a", at: .now), tracker.add("b", at: .now)]
        #expect(numbers == [1, 2])
    }

    @Test
    func settlesOneOutOfOrder() throws {
        var tracker = tracker(of: 3)
        #expect(try confirm(&tracker, 2) == [2])
        #expect(tracker.count == 2)
        #expect(try confirm(&tracker, 3, multiple: true) == [1, 3], "what is settled already is passed over")
        #expect(tracker.count == 0)
    }

    @Test
    func numberZeroWithMultipleMeansAll() throws {
        var tracker = tracker(of: 3)
        #expect(try confirm(&tracker, 0, multiple: true) == [1, 2, 3])
        #expect(try confirm(&tracker, 0, multiple: true) == [], "and nothing where nothing is outstanding")
    }

    @Test
    func confirmingTwiceSettlesOnce() throws {
        var tracker = tracker(of: 2)
        #expect(try confirm(&tracker, 2) == [2])
        #expect(try confirm(&tracker, 2) == [])
        #expect(try confirm(&tracker, 1) == [1])
        #expect(try confirm(&tracker, 1) == [])
    }

    @Test(arguments: [(0, false), (3, false), (3, true), (UInt64.max, true)] as [(UInt64, Bool)])
    func refusesNumbersThatWereNeverGivenOut(number: UInt64, multiple: Bool) {
        var tracker = tracker(of: 2)
        #expect(throws: ConfirmTracker<Int>.UnknownNumber.self) {
            try tracker.confirm(number, multiple: multiple, isAck: true) { _, _ in }
        }
        #expect(tracker.count == 2)
    }

    @Test
    func anAckAfterAReturnMeansReturned() throws {
        var tracker = tracker(of: 3)
        let back = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")
        let found = tracker.markReturned(back) { $0 == 2 }
        #expect(found)
        var outcomes: [PublishOutcome] = []
        try tracker.confirm(3, multiple: true, isAck: true) { outcomes.append($1) }
        #expect(outcomes == [.confirmed, back, .confirmed])
    }

    @Test
    func aReturnMarksTheOldestThatMatches() throws {
        var tracker = ConfirmTracker<String>()
        tracker.add("same", at: .now)
        tracker.add("same", at: .now)
        let back = PublishOutcome.returned(code: 312, reason: "")
        let found = tracker.markReturned(back) { $0 == "same" }
        #expect(found)
        var outcomes: [PublishOutcome] = []
        try tracker.confirm(0, multiple: true, isAck: true) { outcomes.append($1) }
        #expect(outcomes == [back, .confirmed])
    }

    @Test
    func aNackMeansRefused() throws {
        var tracker = tracker(of: 1)
        var outcome: PublishOutcome?
        try tracker.confirm(1, multiple: false, isAck: false) { outcome = $1 }
        #expect(outcome == .refused)
    }

    @Test
    func resetGivesBackTheRestInOrderAndStartsOver() throws {
        var tracker = tracker(of: 4)
        _ = try confirm(&tracker, 2)
        let rest = tracker.reset()
        #expect(rest == [1, 3, 4])
        let next = tracker.add(9, at: .now)
        #expect(next == 1)
    }

    /// Against a plain dictionary, over random histories of single and multiple confirms, acks and nacks.
    @Test
    func agreesWithAModel() throws {
        try forEachSeed(2_000) { _, generator in
            var tracker = ConfirmTracker<UInt64>()
            var model: [UInt64: UInt64] = [:]
            var published: UInt64 = 0
            for _ in 0..<60 {
                if generator.chance(0.5) {
                    published += 1
                    try #require(tracker.add(published, at: .now) == published)
                    model[published] = published
                } else if published > 0 {
                    let number = UInt64.random(in: 1...published, using: &generator)
                    let multiple = generator.chance(0.3)
                    let isAck = generator.chance(0.8)
                    var settled: [UInt64] = []
                    try tracker.confirm(number, multiple: multiple, isAck: isAck) { entry, outcome in
                        settled.append(entry)
                        #expect(outcome == (isAck ? .confirmed : .refused))
                    }
                    let expected = model.keys.filter { multiple ? $0 <= number : $0 == number }.sorted()
                    try #require(settled == expected)
                    for key in expected { model[key] = nil }
                }
                try #require(tracker.count == model.count)
            }
            try #require(tracker.reset() == model.keys.sorted())
        }
    }
}
