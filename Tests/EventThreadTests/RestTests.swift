import Glibc
import Synchronization
import Testing

@testable import EventThread

private actor Sleeper {
    nonisolated let thread = EventThread(name: "sleeper")
    private let beginning = Mutex<ContinuousClock.Instant?>(nil)
    private(set) var visits = 0

    /// When the wait began.
    nonisolated var began: ContinuousClock.Instant? { beginning.withLock { $0 } }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func visit() { visits += 1 }

    func wait(on descriptor: Int32 = -1, resting rest: Duration, undisturbed: Bool = false) async -> Activity {
        beginning.withLock { $0 = .now }
        return await thread.activity(on: descriptor, until: nil, resting: rest, undisturbed: undisturbed)
    }
}

/// What ends the rest before a descriptor is looked at.
@Suite(.timeLimit(.minutes(1)))
struct RestTests {
    private static let long = Duration.seconds(3_600)
    private static let short = Duration.milliseconds(30)

    @Test
    func aDescriptorIsNotLookedAtBeforeTheRestIsOver() async {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        write(ends[1], "x", 1)
        let start = ContinuousClock.now
        #expect(await Sleeper().wait(on: ends[0], resting: Self.short) == .readable)
        #expect(ContinuousClock.now - start >= Self.short)
    }

    @Test
    func aJobEndsTheRestAndSoDoesAnInterrupt() async {
        let sleeper = Sleeper()
        async let activity = sleeper.wait(resting: Self.long)
        for _ in 0..<100 { await sleeper.visit() }
        #expect(await sleeper.visits == 100)
        sleeper.thread.interrupt()
        #expect(await activity == .interrupted)
    }

    @Test
    func nothingEndsARestThatIsUndisturbed() async {
        let sleeper = Sleeper()
        async let activity = sleeper.wait(resting: Self.short * 10, undisturbed: true)
        while sleeper.began == nil { await Task.yield() }
        let before = sleeper.thread.loop.rings
        // Only one who sleeps is rung for: whatever comes before the rest is done before it.
        while sleeper.thread.loop.rings == before {
            async let visit: Void = sleeper.visit()
            let rang = ContinuousClock.now
            await visit
            guard let end = sleeper.began.map({ $0 + Self.short * 10 }), rang < end else { continue }
            #expect(sleeper.thread.loop.rings == before || ContinuousClock.now >= end)
        }
        sleeper.thread.interrupt()
        #expect(await activity == .interrupted)
    }
}
