import LockstepTesting
import Testing

@testable import RabbitMQ

struct SettlementTrackerTests {
    typealias Action = SettlementTracker.Action

    private func tracker(of count: UInt64) throws -> SettlementTracker {
        var tracker = SettlementTracker()
        for tag in 1...count { try tracker.add(tag) }
        return tracker
    }

    @Test(arguments: [0, 1, 4, 5])
    func aTagThatIsNotAboveTheLastOneIsNotTaken(tag: UInt64) throws {
        var tracker = try tracker(of: 5)
        #expect(throws: SettlementTracker.TagOutOfOrder.self) { try tracker.add(tag) }
        #expect(tracker.count == 5)
        try tracker.add(9)
        #expect(tracker.count == 6)
    }

    @Test
    func theFirstTagIsNot0() {
        var tracker = SettlementTracker()
        #expect(throws: SettlementTracker.TagOutOfOrder.self) { try tracker.add(0) }
    }

    @Test
    func acknowledgesAFinishedPrefixWithOneFrame() throws {
        var tracker = try tracker(of: 5)
        let actions = tracker.settle((1...3).map { (UInt64($0), .ack) })
        #expect(actions == [Action(tag: 3, multiple: true, disposition: .ack)])
        #expect(tracker.count == 2)
    }

    @Test
    func oneFramePerRunOfTheSameDisposition() throws {
        var tracker = try tracker(of: 5)
        let actions = tracker.settle([(1, .ack), (2, .ack), (3, .reject), (4, .ack), (5, .requeue)])
        #expect(
            actions == [
                Action(tag: 2, multiple: true, disposition: .ack),
                Action(tag: 3, multiple: true, disposition: .reject),
                Action(tag: 4, multiple: true, disposition: .ack),
                Action(tag: 5, multiple: true, disposition: .requeue),
            ])
    }

    @Test
    func settlesBehindAHoleOneByOne() throws {
        var tracker = try tracker(of: 4)
        let behind = tracker.settle([(2, .ack), (3, .ack)])
        #expect(
            behind == [
                Action(tag: 2, multiple: false, disposition: .ack), Action(tag: 3, multiple: false, disposition: .ack),
            ])
        let rest = tracker.settle([(1, .reject), (4, .ack)])
        #expect(
            rest == [
                Action(tag: 1, multiple: true, disposition: .reject), Action(tag: 4, multiple: true, disposition: .ack),
            ])
        #expect(tracker.count == 0)
    }

    /// Plays the frames against a broker that knows only tags: every delivery gets the disposition it was given.
    @Test
    func aBrokerUnderstandsTheFrames() throws {
        try forEachSeed(2_000) { _, generator in
            var tracker = SettlementTracker()
            var unsettled: [UInt64] = []
            var wanted: [UInt64: Disposition] = [:]
            var got: [UInt64: Disposition] = [:]
            var last: UInt64 = 0
            for _ in 0..<30 {
                for _ in 0..<Int.random(in: 0...5, using: &generator) {
                    last += 1
                    try tracker.add(last)
                    unsettled.append(last)
                }
                let chosen = unsettled.filter { _ in generator.chance(0.5) }
                let settled = chosen.map { tag in
                    (
                        tag: tag,
                        disposition: [Disposition.ack, .ack, .requeue, .reject].randomElement(using: &generator) ?? .ack
                    )
                }
                for (tag, disposition) in settled { wanted[tag] = disposition }
                let stillOpen = Set(unsettled).subtracting(chosen)
                for action in tracker.settle(settled) {
                    let tags = action.multiple ? unsettled.filter { $0 <= action.tag && got[$0] == nil } : [action.tag]
                    try #require(stillOpen.isDisjoint(with: tags), "a frame settled what nobody asked for")
                    try #require(!tags.isEmpty, "a broker closes the channel over a tag that it does not know")
                    for tag in tags { got[tag] = action.disposition }
                }
                unsettled.removeAll { chosen.contains($0) }
            }
            try #require(got == wanted)
            try #require(tracker.count == unsettled.count)
        }
    }
}
