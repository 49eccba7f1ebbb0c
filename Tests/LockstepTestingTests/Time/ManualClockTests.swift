import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ManualClockTests {
    private let clock = ManualClock()

    @Test func aSleeperWakesAtItsTimeAndNotBefore() async throws {
        let woken = try await withThrowingTaskGroup(of: Duration.self) { group in
            group.addTask {
                try await clock.sleep(for: .seconds(10))
                return clock.now.offset
            }
            await clock.sleepers(atLeast: 1)
            #expect(clock.nextDeadline?.offset == .seconds(10))
            clock.advance(by: .seconds(9))
            #expect(clock.nextDeadline != nil, "still asleep")
            clock.advance(by: .seconds(1))
            return try await group.next()
        }
        #expect(woken == .seconds(10))
    }

    @Test func aTimeThatHasPassedIsNotWaitedFor() async throws {
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: .init(offset: .seconds(5)), tolerance: nil)
        #expect(clock.nextDeadline == nil)
    }

    @Test func aCancelledSleeperWakesAtOnce() async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await clock.sleep(for: .seconds(10))
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            await clock.sleepers(atLeast: 1)
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(clock.nextDeadline == nil)
    }

    @Test func aTaskThatIsCancelledAlreadyDoesNotFallAsleep() async {
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: CancellationError.self) { try await clock.sleep(for: .seconds(10)) }
            }
        }
    }

    @Test func timeNeverGoesBack() {
        clock.advance(by: .seconds(5))
        clock.advance(to: .init(offset: .seconds(3)))
        #expect(clock.now.offset == .seconds(5))
    }

    @Test func watchersWaitForAsManySleepersAsTheyAsked() async throws {
        try await withThrowingTaskGroup { group in
            for second in 1...3 {
                group.addTask { try await clock.sleep(for: .seconds(second)) }
            }
            await clock.sleepers(atLeast: 3)
            clock.advance(by: .seconds(2))
            #expect(clock.nextDeadline?.offset == .seconds(3))
            clock.advance(by: .seconds(1))
            try await group.waitForAll()
        }
    }
}
