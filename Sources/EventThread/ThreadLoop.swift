import CEventThread
import Glibc
import Synchronization

/// What the thread of an ``EventThread`` runs: jobs, and between them `ppoll(2)`.
///
/// The thread holds this and not the `EventThread`, so that the latter's last reference may go away anywhere,
/// on this thread as well.
final class ThreadLoop: Sendable {
    /// What runs on the thread.
    enum Job: Sendable {
        /// A job of the thread's actor.
        case isolated(UnownedJob)
        /// A job of a task that prefers this thread; it is nobody's actor.
        case preferring(UnownedJob, UnownedTaskExecutor)
    }

    private typealias State = LoopState<Job, UnsafeContinuation<Activity, Never>>

    private let bell = Bell()
    private let state = Mutex(State())
    private let thread = Atomic<UInt>(0)
    private let naps = Atomic<Int>(0)

    /// Whether the caller is the loop's thread.
    var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

    /// How often the bell has been rung; for tests.
    var rings: Int { naps.load(ordering: .relaxed) }

    func enqueue(_ job: Job) {
        if state.withLock({ $0.add(job) }) { ring() }
    }

    func interrupt() {
        if state.withLock({ $0.interrupt() }) { ring() }
    }

    func stop() {
        if state.withLock({ $0.stop() }) { ring() }
    }

    func wait(_ waiter: UnsafeContinuation<Activity, Never>, for watched: Watched, deadline: ContinuousClock.Instant?) {
        precondition(isCurrent, "Waiting for activity is for the actor that runs on this EventThread.")
        state.withLock { $0.wait(waiter, for: watched, deadline: deadline) }
    }

    /// Runs until ``stop()`` was called and nothing is left to do.
    func run(on executor: UnownedSerialExecutor) {
        thread.store(UInt(pthread_self()), ordering: .releasing)
        while true {
            switch state.withLock({ $0.next() }) {
            case .run(let jobs):
                for job in jobs {
                    switch job {
                    case .isolated(let job): job.runSynchronously(on: executor)
                    case .preferring(let job, let taskExecutor): job.runSynchronously(on: taskExecutor)
                    }
                }
            case .resume(let waiter, let activity):
                waiter.resume(returning: activity)
            case .sleep(let watched, let deadline):
                let isReadable = sleep(on: watched, until: deadline)
                let resumed = state.withLock { $0.woke(isReadable: isReadable, now: .now) }
                if let (waiter, activity) = resumed { waiter.resume(returning: activity) }
            case .exit:
                return
            }
        }
    }

    /// Sleeps until the bell rings, the descriptor has news or the deadline passes; returns whether the
    /// descriptor has news.
    private func sleep(on other: Watched?, until deadline: ContinuousClock.Instant?) -> Bool {
        if let other, other.rest > .zero, rest(for: other.rest, undisturbed: other.restsUndisturbed) { return false }
        // A negative descriptor is one that is skipped.
        var watched = (
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: other?.descriptor ?? -1, events: Int16(POLLIN | (other?.awaitsRoom == true ? POLLOUT : 0)),
                revents: 0)
        )
        let count = withUnsafeMutableBytes(of: &watched) { bytes in
            ceventthread_poll(
                bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, Self.nanoseconds(until: deadline))
        }
        // EINTR: the loop looks again at what there is to do and comes back.
        guard count > 0 else { return false }
        if watched.0.revents != 0 { bell.silence() }
        return watched.1.revents != 0
    }

    /// Looks at nothing but the bell for a while, or not even at that; returns whether it rang.
    private func rest(for time: Duration, undisturbed: Bool) -> Bool {
        var rope = pollfd(fd: undisturbed ? -1 : bell.descriptor, events: Int16(POLLIN), revents: 0)
        guard ceventthread_poll(&rope, 1, Int64(time / .nanoseconds(1))) > 0 else { return false }
        bell.silence()
        return true
    }

    /// -1 waits for ever.
    private static func nanoseconds(until deadline: ContinuousClock.Instant?) -> Int64 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = max(.zero, ContinuousClock.now.duration(to: deadline)).components
        // A hundred years are for ever; rounded up, so that a wait never ends before its deadline and spins.
        return min(seconds, 3_153_600_000) * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
    }

    private func ring() {
        naps.add(1, ordering: .relaxed)
        bell.ring()
    }
}
