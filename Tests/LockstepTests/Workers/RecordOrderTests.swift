import LockstepTesting
import Testing

@testable import Lockstep

struct RecordOrderTests {
    private let start = Timestamp(microseconds: 1_720_000_000_000_000)
    private let failure = Failure(.adapter, "it is out")

    private func retry(_ delay: String) throws -> Verdict {
        .retry(after: try #require(RetryDelay(named: delay)), attempt: 2, failure)
    }

    @Test func whatComesBehindAnEventThatWaitsIsPutOffForAsLong() throws {
        var order = RecordOrder()
        let (first, second) = (try Sample.event(1), try Sample.event(2))
        #expect(order.turn(of: first, putOffAt: nil, at: start) == .now)
        order.answered(first, try retry("30s"), at: start)
        #expect(order.turn(of: second, putOffAt: nil, at: start) == .later(try #require(RetryDelay(named: "30s"))))
        #expect(
            order.turn(of: second, putOffAt: nil, at: start.advanced(by: .seconds(20)))
                == .later(try #require(RetryDelay(named: "5s"))))
        #expect(order.turn(of: try Sample.event(3, about: "permit/2"), putOffAt: nil, at: start) == .now)
        #expect(order.turn(of: first, putOffAt: nil, at: start) == .now, "it came back early")
    }

    @Test func theNextOneFollowsWhenTheFirstIsDoneOrGivenUp() throws {
        for verdict in [Verdict.done, .dead(failure)] {
            var order = RecordOrder()
            let events = try (1...3).map { try Sample.event(UInt64($0)) }
            for event in events { order.answered(event, try retry("1s"), at: start) }
            #expect(order.turn(of: events[1], putOffAt: nil, at: start) != .now)
            order.answered(events[0], verdict, at: start)
            #expect(order.turn(of: events[1], putOffAt: nil, at: start) == .now)
            #expect(order.turn(of: events[2], putOffAt: nil, at: start) != .now)
        }
    }

    @Test func whatWaitsIsKeptAndFoundAgain() throws {
        var order = RecordOrder()
        let (first, second) = (try Sample.event(1), try Sample.event(2))
        order.answered(first, try retry("1h"), at: start)
        let kept = order.changes
        #expect(kept[first.subject]?.map(\.id) == [first.id])
        order.keptChanges()
        #expect(order.changes.isEmpty)
        var again = RecordOrder(kept)
        #expect(again.turn(of: second, putOffAt: nil, at: start) == .later(try #require(RetryDelay(named: "1h"))))
        again.answered(first, .done, at: start)
        #expect(again.changes == [first.subject: []])
    }

    /// However long the office was away: what it was to have back may still be on its way to it.
    @Test func whatNeverComesBackHoldsUpItsRecordOnlyUntilSomethingBehindItHas() throws {
        var order = RecordOrder()
        let (gone, next) = (try Sample.event(1), try Sample.event(2))
        order.answered(gone, try retry("1s"), at: start)
        let week = start.advanced(by: .seconds(604_800))
        #expect(order.turn(of: next, putOffAt: nil, at: week) == .later(RetryDelay.allCases[0]))
        order.answered(next, try retry("1s"), at: week)
        #expect(
            order.turn(of: next, putOffAt: start, at: week) != .now, "it was put off long ago, and may be before it")
        #expect(order.turn(of: next, putOffAt: week, at: week.advanced(by: .seconds(1))) == .now)
    }
}
