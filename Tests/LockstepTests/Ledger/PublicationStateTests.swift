import Lockstep
import LockstepTesting
import Testing

struct PublicationStateTests {
    private static func state(_ outcome: PublishOutcome, accepted: Int64, at: Int64) throws -> PublicationState {
        PublicationState(
            source: try Origin("core"), type: try EventType("permit.issued"), scope: nil,
            acceptedAt: Timestamp(microseconds: accepted), at: Timestamp(microseconds: at), outcome: outcome)
    }

    @Test func anEventThatIsPublishedAgainWasAcceptedFirstAndConfirmedOnce() throws {
        var state = try Self.state(.refused("full"), accepted: 1, at: 5)
        state.join(try Self.state(.confirmed, accepted: 6, at: 9))
        state.join(try Self.state(.confirmed, accepted: 10, at: 11))
        state.join(try Self.state(.unrouted, accepted: 2, at: 3))
        #expect(state == (try Self.state(.confirmed, accepted: 1, at: 9)))
    }

    @Test func reportsInAnyOrderAndAnyNumberLeadToTheSame() throws {
        let outcomes: [PublishOutcome] = [.confirmed, .unrouted, .refused("a"), .refused("b")]
        try forEachSeed(1_000) { _, generator in
            let states = try (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                try Self.state(
                    outcomes.randomElement(using: &generator) ?? .confirmed,
                    accepted: .random(in: 0...3, using: &generator), at: .random(in: 0...3, using: &generator))
            }
            func joined(_ states: [PublicationState]) throws -> PublicationState {
                var state = try #require(states.first)
                for other in states.dropFirst() { state.join(other) }
                return state
            }
            let shuffled = (states + states.filter { _ in generator.chance(0.5) }).shuffled(using: &generator)
            try #require(try joined(states) == joined(shuffled))
        }
    }
}
