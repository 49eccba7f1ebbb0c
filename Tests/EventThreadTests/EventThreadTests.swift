import Glibc
import Synchronization
import Testing

@testable import EventThread

/// An actor that lives on its own thread.
private actor Resident {
    nonisolated let thread: EventThread
    private(set) var count = 0
    private var threads: Set<UInt> = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(thread: EventThread = EventThread(name: "resident")) { self.thread = thread }

    func increment() {
        count += 1
        threads.insert(UInt(pthread_self()))
    }

    var threadCount: Int { threads.count }

    func isHome() -> Bool { thread.isIsolatingCurrentContext() == true }

    func wait(on descriptor: Int32 = -1, for duration: Duration? = nil) async -> (Activity, Bool) {
        let activity = await thread.activity(on: descriptor, until: duration.map { .now + $0 })
        return (activity, isHome())
    }
}

@Suite(.timeLimit(.minutes(1)))
struct EventThreadTests {
    @Test
    func runsEveryJobOnTheOneThread() async {
        let resident = Resident()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask { for _ in 0..<100 { await resident.increment() } }
            }
        }
        #expect(await resident.count == 10_000)
        #expect(await resident.threadCount == 1)
        #expect(await resident.isHome())
        #expect(resident.thread.isIsolatingCurrentContext() == false, "the test itself runs elsewhere")
    }

    @Test
    func drainsToEmptyBeforeItSleepsAgain() async {
        let resident = Resident()
        let before = resident.thread.loop.rings
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10_000 { group.addTask { await resident.increment() } }
        }
        let rings = resident.thread.loop.rings - before
        #expect(rings < 10_000, "a ring per nap, not per job: \(rings)")
        #expect(await resident.count == 10_000)
    }

    @Test
    func aReadableDescriptorEndsTheWait() async {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer {
            close(reading)
            close(writing)
        }
        let resident = Resident()
        async let result = resident.wait(on: reading)
        write(writing, "x", 1)
        let (activity, isHome) = await result
        #expect(activity == .readable)
        #expect(isHome, "the wait comes back to its actor's thread")
    }

    @Test
    func theDeadlineEndsTheWaitAndNeverEarly() async {
        let resident = Resident()
        let duration = Duration.milliseconds(30)
        let start = ContinuousClock.now
        let (activity, _) = await resident.wait(for: duration)
        #expect(activity == .timedOut)
        #expect(ContinuousClock.now - start >= duration)
    }

    @Test
    func otherJobsRunDuringTheWait() async {
        let resident = Resident()
        async let result = resident.wait()
        for _ in 0..<100 { await resident.increment() }
        #expect(await resident.count == 100)
        resident.thread.interrupt()
        #expect(await result.0 == .interrupted)
    }

    @Test
    func noInterruptIsLost() async {
        let resident = Resident()
        for _ in 0..<2_000 {
            async let result = resident.wait()
            // Before, during or after the wait begins, as it falls out.
            resident.thread.interrupt()
            #expect(await result.0 == .interrupted)
        }
    }

    @Test
    func theThreadDoesNotKeepItsOwner() async {
        weak var thread: EventThread?
        do {
            let resident = Resident()
            thread = resident.thread
            await resident.increment()
        }
        // The last job's task lets go of the actor on the thread itself, a moment after it resumed us.
        let limit = ContinuousClock.now + .seconds(10)
        while thread != nil, ContinuousClock.now < limit { await Task.yield() }
        #expect(thread == nil)
    }

    @Test
    func theLastReferenceMayDieOnTheThreadItself() async {
        for _ in 0..<200 {
            // Nobody but the child task holds the actor, so it dies when its last job does.
            await withDiscardingTaskGroup { group in
                let resident = Resident()
                group.addTask { await resident.increment() }
            }
        }
    }

    @Test
    func noJobIsDroppedByTheEnd() async {
        let counter = Counter()
        await withDiscardingTaskGroup { group in
            for _ in 0..<200 {
                let resident = Resident()
                for _ in 0..<10 {
                    group.addTask {
                        await resident.increment()
                        counter.count.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        #expect(counter.count.load(ordering: .relaxed) == 2_000)
    }

    @Test
    func leavesNoThreadAndNoDescriptorBehind() async throws {
        func descriptors() -> Int {
            var count = 0
            guard let directory = opendir("/proc/self/fd") else { return 0 }
            while readdir(directory) != nil { count += 1 }
            closedir(directory)
            return count
        }
        let before = descriptors()
        for _ in 0..<150 {
            let resident = Resident()
            await resident.increment()
        }
        let limit = ContinuousClock.now + .seconds(10)
        // Other tests run meanwhile; 150 threads with a descriptor each would show all the same.
        while descriptors() > before + 50, ContinuousClock.now < limit { await Task.yield() }
        #expect(descriptors() <= before + 50)
    }

    @Test
    func theStackHoldsDeepRecursion() async {
        let thread = EventThread(name: "deep")
        #expect(await Digger(thread: thread).dig(to: 20_000) == 20_000)
    }
}

private final class Counter: Sendable {
    let count = Atomic<Int>(0)
}

/// Recurses with a kilobyte per level: far beyond what a thread of Swift's own pool holds.
private actor Digger {
    nonisolated let thread: EventThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(thread: EventThread) { self.thread = thread }

    func dig(to depth: Int) -> Int { descend(depth) }

    @inline(never)
    private func descend(_ left: Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 8) { memory in
            memory[0] = UInt8(truncatingIfNeeded: left)
            return left == 0 ? 0 : descend(left - 1) + 1 + Int(memory[0]) - Int(UInt8(truncatingIfNeeded: left))
        }
    }
}
