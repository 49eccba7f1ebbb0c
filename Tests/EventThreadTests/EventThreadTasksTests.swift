import Glibc
import Testing

@testable import EventThread

private actor Neighbour {
    nonisolated let thread = EventThread(name: "neighbour")
    private(set) var visits = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func visit() -> UInt {
        visits += 1
        return UInt(pthread_self())
    }

    func wait(_ duration: Duration) async -> Activity { await thread.activity(on: -1, until: .now + duration) }
}

@Suite(.timeLimit(.minutes(1)))
struct EventThreadTasksTests {
    /// What a task that runs where it likes sees.
    @concurrent
    private func threadOfATask() async -> UInt { UInt(pthread_self()) }

    @Test
    func aTaskThatPrefersTheThreadCallsItsActorWithoutLeavingIt() async {
        let neighbour = Neighbour()
        let home = await neighbour.visit()
        let before = neighbour.thread.loop.rings
        await withTaskExecutorPreference(neighbour.thread.tasks) {
            for _ in 0..<1_000 {
                #expect(await threadOfATask() == home)
                #expect(await neighbour.visit() == home)
            }
        }
        // To it, and away from it: nobody is woken in between.
        #expect(neighbour.thread.loop.rings - before < 10)
        #expect(await threadOfATask() != home)
    }

    @Test
    func theActorsWaitGoesOnBesideSuchATask() async {
        let neighbour = Neighbour()
        async let activity = neighbour.wait(.milliseconds(50))
        await withTaskExecutorPreference(neighbour.thread.tasks) {
            while await neighbour.visits == 0 { _ = await neighbour.visit() }
        }
        #expect(await activity == .timedOut)
    }

    @Test
    func theThreadLivesAsLongAsATaskPrefersIt() async {
        let tasks = Neighbour().thread.tasks
        let count = await withTaskExecutorPreference(tasks) {
            var count = 0
            for _ in 0..<10 {
                await Task.yield()
                count += 1
            }
            return count
        }
        #expect(count == 10)
    }
}
