import Testing

@testable import Lockstep

@Suite(.timeLimit(.minutes(1)))
struct UnappliedChangesTests {
    private static let failure = Failure(.store, "locked")
    private static let now = Timestamp(microseconds: 0)

    /// A delivery of an event that was published in this millisecond.
    private static func delivery(_ millisecond: UInt64) throws -> EventDelivery {
        EventDelivery(.success(try Sample.event(millisecond << 16, about: "permit/\(millisecond)")))
    }

    private static func retry(after delay: RetryDelay) -> DeliveryAnswer {
        DeliveryAnswer(.retry(after: delay, attempt: 2, failure))
    }

    @Test func theOldestInHandCountsUntilItIsAnswered() throws {
        var changes = UnappliedChanges()
        let deliveries = [try Self.delivery(7), try Self.delivery(5), try Self.delivery(9)]
        changes.took(deliveries)
        #expect(changes.oldest(at: Self.now) == 5)
        changes.answered(deliveries, deliveries.map { _ in DeliveryAnswer(.done) }, at: Self.now)
        #expect(changes.oldest(at: Self.now) == nil)
    }

    @Test(arguments: [Verdict.done, .dead(failure), .giveBack])
    func whatIsPutOffCountsUntilItComesBackAndIsSettled(_ verdict: Verdict) throws {
        var changes = UnappliedChanges()
        let delivery = try Self.delivery(5)
        changes.answered([delivery], [Self.retry(after: RetryDelay.allCases[0])], at: Self.now)
        #expect(changes.oldest(at: Self.now) == 5)
        changes.took([delivery])
        changes.answered([delivery], [DeliveryAnswer(verdict)], at: Self.now)
        #expect(changes.oldest(at: Self.now) == nil)
    }

    @Test func whatDoesNotComeBackIsForgotten() throws {
        var changes = UnappliedChanges()
        let delay = RetryDelay.allCases[0]
        changes.answered([try Self.delivery(5)], [Self.retry(after: delay)], at: Self.now)
        let deadline = Self.now.advanced(by: delay.duration + .seconds(600))
        #expect(changes.oldest(at: deadline) == 5)
        #expect(changes.oldest(at: deadline.advanced(by: .seconds(1))) == nil)
    }

    @Test func whatIsNoEventHasNoAge() {
        var changes = UnappliedChanges()
        changes.took([EventDelivery(.failure(LockstepError(.invalidJSON, "not JSON")))])
        #expect(changes.oldest(at: Self.now) == nil)
    }

    @Test func noMoreAreRememberedThanALimit() throws {
        var changes = UnappliedChanges()
        for number in 1...20_000 as ClosedRange<UInt64> {
            changes.answered([try Self.delivery(number)], [Self.retry(after: RetryDelay.allCases[0])], at: Self.now)
        }
        #expect(changes.oldest(at: Self.now) == 1)
        #expect(changes.putOffCount == 10_000)
    }
}
