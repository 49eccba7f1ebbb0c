import LockstepTesting
import Testing

@testable import Lockstep

/// What a relay does next, step by step.
struct RelayStateMachineTests {
    private var machine = RelayStateMachine()

    private static func entries(_ numbers: [Int], subject: String = "permit/1") throws -> [OutboxEntry] {
        try numbers.map { number in
            let event = Result<Event, LockstepError>.success(try Sample.event(UInt64(number), about: subject))
            return OutboxEntry(position: OutboxPosition(Int64(number)), event: event, size: 100)
        }
    }

    private mutating func claim(_ entries: [OutboxEntry]) throws {
        if case .claim = machine.next(at: .zero) { machine.claimed(entries) } else { Issue.record("it does not claim") }
    }

    /// The first purge comes with the first claim.
    private mutating func purge() {
        if case .purge = machine.next(at: .zero) {
            machine.purged(0, at: .zero)
        } else {
            Issue.record("it does not purge")
        }
    }

    private mutating func publish() throws -> (lane: Int, readings: [UInt64]) {
        guard case .publish(let lane, let events) = machine.next(at: .zero) else {
            Issue.record("it does not publish")
            return (0, [])
        }
        return (lane, events.map(\.version.reading.bits))
    }

    @Test mutating func claimsPublishesAndSettles() throws {
        try claim(try Self.entries([1, 2]))
        let batch = try publish()
        #expect(batch.readings == [1, 2])
        // More may wait: the next rows are looked for while the broker has these.
        guard case .claim = machine.next(at: .zero) else { return fail("it does not look for more") }
        guard case .purge = machine.next(at: .zero) else { return fail("it does not purge") }
        machine.published(lane: batch.lane, [.confirmed, .unrouted], at: .zero)
        guard case .wait = machine.next(at: .zero) else { return fail("it does not wait for its purge and claim") }
        machine.purged(0, at: .zero)
        guard case .wait = machine.next(at: .zero) else { return fail("it settles though more may come") }
        machine.claimed([])
        guard case .settle(let settlements) = machine.next(at: .zero) else { return fail("it does not settle") }
        #expect(settlements.map(\.result) == [.sent, .unrouted])
        machine.settled()
        guard case .wait(let until) = machine.next(at: .zero) else { return fail("it does not wait") }
        #expect(until == .seconds(2) && machine.entriesInHand == 0)
        machine.woken()
        guard case .claim = machine.next(at: .zero) else { return fail("it is not woken") }
    }

    @Test mutating func neighboursInTheStoreAreSettledTogether() throws {
        machine = RelayStateMachine(.init(batch: 2, lanes: 2, entriesInHand: 12, purgeBatch: 1))
        // Every other one is of a record in the other lane.
        try claim(
            try (1...4).flatMap { try Self.entries([$0], subject: $0.isMultiple(of: 2) ? "permit/2" : "permit/1") })
        let (one, other) = (try publish(), try publish())
        #expect(one.lane != other.lane)
        try claim(try Self.entries(Array(5...12)))
        purge()
        machine.published(lane: other.lane, [.confirmed, .confirmed], at: .zero)
        guard case .wait = machine.next(at: .zero) else { return fail("it does not wait for the other lane") }
        machine.published(lane: one.lane, [.confirmed, .confirmed], at: .zero)
        guard case .publish = machine.next(at: .zero), case .settle(let all) = machine.next(at: .zero) else {
            return fail("it does not settle")
        }
        #expect(all.map(\.position.number) == [1, 2, 3, 4])
    }

    @Test mutating func publishesAndClaimsWhileItSettles() throws {
        machine = RelayStateMachine(.init(batch: 2, lanes: 1, entriesInHand: 8))
        try claim(try Self.entries([1, 2]))
        let first = try publish()
        try claim(try Self.entries([3, 4]))
        machine.published(lane: first.lane, [.confirmed, .confirmed], at: .zero)
        let second = try publish()
        guard case .claim = machine.next(at: .zero), case .settle(let settlements) = machine.next(at: .zero) else {
            return fail("it does not do both at once")
        }
        machine.published(lane: second.lane, [.confirmed, .confirmed], at: .zero)
        guard case .wait = machine.next(at: .zero) else { return fail("it does not wait for the settlement") }
        #expect(machine.entriesInHand == 4)
        // It failed: the same rows and the others are settled later, each once.
        machine.writeFailed(at: .zero)
        guard case .wait(until: .milliseconds(50)) = machine.next(at: .zero) else { return fail("it does not pause") }
        guard case .settle(let again) = machine.next(at: .milliseconds(50)) else { return fail("it gives up") }
        #expect(again == settlements)
        machine.settled()
        guard case .settle(let rest) = machine.next(at: .milliseconds(50)) else { return fail("it forgets the others") }
        #expect(rest.map(\.position.number) == [3, 4])
    }

    @Test mutating func whatCommitsDuringAClaimIsLookedForAgain() throws {
        guard case .claim = machine.next(at: .zero) else { return fail("it does not claim") }
        machine.woken()
        machine.claimed([])
        guard case .claim = machine.next(at: .zero) else { return fail("it does not look again") }
        machine.claimed([])
        #expect(!machine.mayClaim && !machine.isClaiming)
    }

    @Test mutating func whatFollowsARefusedEventInItsRecordComesAgainWithIt() throws {
        try claim(try Self.entries([1, 2, 3]) + Self.entries([4], subject: "permit/5"))
        let batch = try publish()
        machine.published(lane: batch.lane, [.confirmed, .refused("full"), .confirmed], at: .zero)
        #expect(machine.entriesHeld == 2)
        var again: [UInt64] = []
        for _ in 0..<2 where again.isEmpty {
            if case .publish(let lane, let events) = machine.next(at: .milliseconds(50)), lane == batch.lane {
                again = events.map(\.version.reading.bits)
            }
        }
        #expect(again == [2, 3])
    }

    @Test mutating func aStopWaitsForAnswersAndReleasesTheRest() throws {
        var configuration = RelayStateMachine.Configuration()
        configuration.batch = 1
        configuration.lanes = 1
        machine = RelayStateMachine(configuration)
        try claim(try Self.entries([1]))
        let batch = try publish()
        try claim(try Self.entries([2]))
        guard case .claim = machine.next(at: .zero) else { return fail("it does not claim") }
        machine.stop(at: .zero)
        guard case .wait(until: .seconds(5)) = machine.next(at: .zero) else { return fail("it does not wait") }
        machine.published(lane: batch.lane, [.confirmed], at: .zero)
        guard case .settle = machine.next(at: .zero) else { return fail("it does not settle") }
        machine.settled()
        guard case .wait(until: .seconds(5)) = machine.next(at: .zero) else { return fail("it leaves its claim") }
        machine.claimed(try Self.entries([3]))
        guard case .release(let positions) = machine.next(at: .zero) else { return fail("it keeps claims") }
        #expect(positions == [OutboxPosition(2), OutboxPosition(3)])
        guard case .stop = machine.next(at: .zero) else { return fail("it does not stop") }
    }

    private func fail(_ sentence: String) {
        Issue.record(Comment(rawValue: sentence))
    }
}
