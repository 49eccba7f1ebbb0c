import Lockstep
import Testing

@testable import LockstepSQLite

/// Which rows one statement notes.
struct OutboxRunTests {
    private func settlements(_ numbers: [Int64], _ result: OutboxResult = .sent) -> [OutboxSettlement] {
        numbers.map { OutboxSettlement(OutboxPosition($0), result) }
    }

    @Test func aGapEndsARun() {
        let runs = OutboxRun.all(of: settlements([4, 1, 2, 7, 5]))
        #expect(runs.map(\.positions) == [1...2, 4...5, 7...7])
    }

    @Test func whatBecameSomethingElseIsARunOfItsOwn() {
        let runs = OutboxRun.all(
            of: settlements([1, 2, 5]) + settlements([3], .unrouted) + settlements([4], .refused("no event"))
                + settlements([6], .refused("no event")) + settlements([7], .refused("too large")))
        #expect(runs.map(\.positions) == [1...2, 3...3, 4...4, 5...5, 6...6, 7...7])
        #expect(runs.map(\.result).prefix(4) == [.sent, .unrouted, .refused("no event"), .sent])
    }

    @Test func nothingIsNoRun() {
        #expect(OutboxRun.all(of: []).isEmpty)
    }
}
