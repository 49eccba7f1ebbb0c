import Lockstep
import LockstepTesting
import Testing

struct DeliveryStateTests {
    private static func state(_ outcome: Receipt.Outcome, attempt: Int = 1, at seconds: Int64) throws -> DeliveryState {
        let receipt = Receipt(
            event: try EventID("e"), subject: try Subject("permit/1"), version: try Sample.version(7), outcome: outcome,
            attempt: attempt)
        return DeliveryState(receipt, at: time(seconds))
    }

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    private static func joined(_ states: [DeliveryState]) throws -> DeliveryState {
        var state = try #require(states.first)
        for other in states.dropFirst() { state.join(other) }
        return state
    }

    private static func waiting(_ attempt: Int, at seconds: Int64) throws -> DeliveryState {
        try state(.waiting(until: time(seconds + 30), reason: "down"), attempt: attempt, at: seconds)
    }

    @Test func receiptsInAnyOrderAndAnyNumberLeadToTheSame() throws {
        try forEachSeed(2_000) { _, generator in
            let history = try ReceiptHistory(using: &generator)
            let states = history.said.map { DeliveryState($0.receipt, at: $0.at) }
            let expected = try Self.joined(states)
            let again = states.filter { _ in generator.chance(0.4) }
            let shuffled = (states + again).shuffled(using: &generator)
            try #require(try Self.joined(shuffled) == expected)

            // In any grouping: two ledgers that heard different parts know the same once they know both.
            let cut = Int.random(in: 0..<shuffled.count, using: &generator)
            var one = try Self.joined(Array(shuffled[...cut]))
            if cut + 1 < shuffled.count { one.join(try Self.joined(Array(shuffled[(cut + 1)...]))) }
            try #require(one == expected)
            var twice = one
            twice.join(one)
            try #require(twice == one)
        }
    }

    @Test func theWordIsWhatCameOfIt() throws {
        try forEachSeed(2_000) { _, generator in
            let history = try ReceiptHistory(using: &generator)
            let state = try Self.joined(
                history.said.map { DeliveryState($0.receipt, at: $0.at) }.shuffled(using: &generator))
            switch state.word {
            case .done(let done):
                try #require(history.isDone)
                // Since the first time, by what that did: not since a copy.
                let first = try #require(
                    history.said.first { if case .done = $0.receipt.outcome { true } else { false } })
                try #require(first.receipt.outcome == .done(done.outcome) && first.at == done.at)
            case .dead(let dead):
                try #require(!history.isDone && history.last == .dead(reason: dead.reason))
            case .waiting(let waiting):
                try #require(
                    !history.isDone && history.last == .waiting(until: waiting.until, reason: waiting.reason))
            }
        }
    }

    @Test func itNeverGoesBack() throws {
        try forEachSeed(1_000) { _, generator in
            let history = try ReceiptHistory(using: &generator)
            let states = history.said.map { DeliveryState($0.receipt, at: $0.at) }.shuffled(using: &generator)
            var state = states[0]
            for other in states {
                let before = state
                state.join(other)
                try #require(before.done == nil || state.done != nil)
                try #require(state.attempts >= before.attempts)
                if let had = before.done, had.outcome.changedSomething, let has = state.done {
                    try #require(has.outcome.changedSomething && has.at <= had.at)
                }
            }
        }
    }

    @Test func whatIsAppliedBeatsACopyWhateverTheClocksSay() throws {
        let copy = try Self.state(.done(.duplicate), at: 5)
        let first = try Self.state(.done(.applied), at: 10)
        for states in [[copy, first], [first, copy]] {
            #expect(try Self.joined(states).word == .done(.init(.applied, at: Self.time(10))))
        }
    }

    @Test func aDeadLetterBeatsTheTriesBeforeIt() throws {
        let states = try [
            Self.waiting(11, at: 100), Self.state(.dead(reason: "no slot"), attempt: 12, at: 130),
            Self.waiting(3, at: 20),
        ]
        #expect(
            try Self.joined(states).word == .dead(.init(attempt: 12, reason: "no slot", at: Self.time(130))))
        #expect(try Self.joined(states).attempts == 12)
    }

    @Test func clocksThatDifferALittleDoNotBringADeadLetterBack() throws {
        let states = try [
            Self.state(.dead(reason: "no slot"), attempt: 12, at: 100), Self.waiting(11, at: 150),
        ]
        #expect(try Self.joined(states).word == .dead(.init(attempt: 12, reason: "no slot", at: Self.time(100))))
    }

    @Test func aReplayWaitsAgainAndIsAppliedThen() throws {
        let states = try [
            Self.state(.dead(reason: "no slot"), attempt: 12, at: 100), Self.waiting(1, at: 400),
        ]
        #expect(
            try Self.joined(states).word
                == .waiting(.init(attempt: 1, until: Self.time(430), reason: "down", at: Self.time(400))))
        let applied = try Self.state(.done(.applied), attempt: 2, at: 430)
        #expect(try Self.joined(states + [applied]).word == .done(.init(.applied, at: Self.time(430))))
    }

    @Test func aReplayThatDiesAtOnceIsDeadAlthoughEarlierTriesHadHigherNumbers() throws {
        let states = try [
            Self.waiting(11, at: 90), Self.state(.dead(reason: "a"), attempt: 12, at: 100),
            Self.state(.dead(reason: "b"), attempt: 1, at: 500),
        ]
        #expect(try Self.joined(states).word == .dead(.init(attempt: 1, reason: "b", at: Self.time(500))))
    }
}
