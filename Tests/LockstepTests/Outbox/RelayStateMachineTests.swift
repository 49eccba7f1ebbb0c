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
        var action = machine.next(at: .zero)
        // The first purge comes after the first claim.
        if case .purge = action {
            machine.purged(0, at: .zero)
            action = machine.next(at: .zero)
        }
        if case .claim = action { machine.claimed(entries) } else { Issue.record("it does not claim") }
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
        machine.published(lane: batch.lane, [.confirmed, .unrouted], at: .zero)
        // The first purge comes with the first claim.
        guard case .purge = machine.next(at: .zero) else { return fail("it does not purge") }
        machine.purged(0, at: .zero)
        // More may wait: the broker is kept busy first.
        guard case .claim = machine.next(at: .zero) else { return fail("it does not look for more") }
        machine.claimed([])
        guard case .settle(let settlements) = machine.next(at: .zero) else { return fail("it does not settle") }
        #expect(settlements.map(\.result) == [.sent, .unrouted])
        machine.settled(settlements)
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
        machine.published(lane: other.lane, [.confirmed, .confirmed], at: .zero)
        guard case .wait = machine.next(at: .zero) else { return fail("it does not wait for the other lane") }
        machine.published(lane: one.lane, [.confirmed, .confirmed], at: .zero)
        guard case .publish = machine.next(at: .zero), case .settle(let all) = machine.next(at: .zero) else {
            return fail("it does not settle")
        }
        #expect(all.map(\.position.number) == [1, 2, 3, 4])
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
        machine.stop(at: .zero)
        guard case .wait(until: .seconds(5)) = machine.next(at: .zero) else { return fail("it does not wait") }
        machine.published(lane: batch.lane, [.confirmed], at: .zero)
        guard case .settle(let settlements) = machine.next(at: .zero) else { return fail("it does not settle") }
        machine.settled(settlements)
        guard case .release(let positions) = machine.next(at: .zero) else { return fail("it keeps claims") }
        #expect(positions == [OutboxPosition(2)])
        guard case .stop = machine.next(at: .zero) else { return fail("it does not stop") }
    }

    private func fail(_ sentence: String) {
        Issue.record(Comment(rawValue: sentence))
    }
}
