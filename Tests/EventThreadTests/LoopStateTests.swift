import Testing

@testable import EventThread

/// The decisions of the loop; what the thread makes of them is in `EventThreadTests`.
struct LoopStateTests {
    typealias State = LoopState<Int, String>

    @Test
    func runsJobsBeforeItSleeps() {
        var state = State()
        _ = state.add(1)
        _ = state.add(2)
        guard case .run([1, 2]) = state.next() else { return #expect(Bool(false), "both jobs in their order") }
        guard case .sleep = state.next() else { return #expect(Bool(false), "nothing is left") }
    }

    @Test
    func ringsOncePerNap() {
        var state = State()
        var rings: [Bool] = []
        rings.append(state.add(1))
        _ = state.next()
        _ = state.next()
        rings.append(state.add(2))
        rings.append(state.add(3))
        rings.append(state.interrupt())
        _ = state.woke(isReadable: false, now: .now)
        rings.append(state.add(4))
        #expect(rings == [false, true, false, false, false], "only the first change during the nap rings")
    }

    @Test
    func anInterruptBeforeTheWaitEndsIt() {
        var state = State()
        _ = state.interrupt()
        state.wait("waiter", for: Watched(descriptor: 3), deadline: nil)
        guard case .resume("waiter", .interrupted) = state.next() else {
            return #expect(Bool(false), "an interrupt that comes early is not lost")
        }
        state.wait("waiter", for: Watched(descriptor: 3), deadline: nil)
        guard case .sleep(Watched(descriptor: 3)?, nil) = state.next() else {
            return #expect(Bool(false), "and counts once")
        }
    }

    @Test
    func jobsGoBeforeTheWaiter() {
        var state = State()
        state.wait("waiter", for: Watched(descriptor: 3), deadline: nil)
        _ = state.interrupt()
        _ = state.add(1)
        guard case .run([1]) = state.next() else { return #expect(Bool(false), "jobs are drained first") }
        guard case .resume = state.next() else { return #expect(Bool(false), "then the waiter") }
    }

    @Test
    func resumesTheWaiterForItsDescriptorAndItsDeadline() {
        let start = ContinuousClock.now
        var state = State()
        state.wait("waiter", for: Watched(descriptor: 3), deadline: start + .seconds(1))
        _ = state.next()
        let early = state.woke(isReadable: false, now: start)
        #expect(early == nil)
        _ = state.next()
        let due = state.woke(isReadable: false, now: start + .seconds(1))
        #expect(due?.1 == .timedOut)
        state.wait("waiter", for: Watched(descriptor: 3), deadline: nil)
        _ = state.next()
        let readable = state.woke(isReadable: true, now: start)
        #expect(readable?.1 == .readable)
        let again = state.woke(isReadable: true, now: start)
        #expect(again == nil, "nobody waits any more")
    }

    @Test
    func endsOnlyWithNothingLeft() {
        var state = State()
        _ = state.add(1)
        _ = state.stop()
        guard case .run([1]) = state.next() else { return #expect(Bool(false), "a stop drops no job") }
        _ = state.add(2)
        guard case .run([2]) = state.next() else { return #expect(Bool(false), "nor one that comes after it") }
        guard case .exit = state.next() else { return #expect(Bool(false), "now it may end") }
    }

    @Test
    func refusesASecondWaiter() async {
        await #expect(processExitsWith: .failure) {
            var state = LoopState<Int, String>()
            state.wait("first", for: Watched(descriptor: 3), deadline: nil)
            state.wait("second", for: Watched(descriptor: 4), deadline: nil)
        }
    }
}
