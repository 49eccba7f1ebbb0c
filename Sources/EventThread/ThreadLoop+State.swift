/// What a waiter waits for at its descriptor.
struct Watched: Sendable, Hashable {
    let descriptor: Int32
    /// Whether room to write is news, as what there is to read always is.
    var awaitsRoom = false
    /// How long to rest before it is looked at.
    var rest = Duration.zero
    /// Whether not even the bell ends the rest.
    var restsUndisturbed = false
}

/// What a thread loop does next; pure.
///
/// The loop asks ``next()`` under its lock. Everybody else changes the state under that lock, too, and rings
/// the bell where the change says so: only while the loop sleeps, and once per nap.
struct LoopState<Job, Waiter> {
    /// What the loop is to do, outside its lock.
    enum Step {
        case run([Job])
        case resume(Waiter, Activity)
        case sleep(Watched?, deadline: ContinuousClock.Instant?)
        case exit
    }

    private var jobs: [Job] = []
    private var waiting: (waiter: Waiter, watched: Watched, deadline: ContinuousClock.Instant?)?
    private var isInterrupted = false
    private var isAsleep = false
    private var isStopping = false

    /// Adds a job; returns whether the bell must ring.
    mutating func add(_ job: Job) -> Bool {
        jobs.append(job)
        return wake()
    }

    /// Ends the wait that is going on, or else the next one; returns whether the bell must ring.
    mutating func interrupt() -> Bool {
        isInterrupted = true
        return wake()
    }

    /// Lets the loop end once it has nothing left; returns whether the bell must ring.
    mutating func stop() -> Bool {
        isStopping = true
        return wake()
    }

    /// Registers the one waiter.
    ///
    /// Comes from a job, so the loop is awake.
    mutating func wait(_ waiter: Waiter, for watched: Watched, deadline: ContinuousClock.Instant?) {
        precondition(waiting == nil, "One task at a time may wait for activity on an EventThread.")
        waiting = (waiter, watched, deadline)
    }

    /// Says what to do; falls asleep only where there is nothing else.
    mutating func next() -> Step {
        if !jobs.isEmpty {
            let all = jobs
            jobs = []
            return .run(all)
        }
        if isInterrupted, let waiter = takeWaiter() {
            isInterrupted = false
            return .resume(waiter, .interrupted)
        }
        if isStopping, waiting == nil { return .exit }
        isAsleep = true
        return .sleep(waiting?.watched, deadline: waiting?.deadline)
    }

    /// Takes in why the sleep ended; returns the waiter where it was its descriptor or its deadline.
    mutating func woke(isReadable: Bool, now: ContinuousClock.Instant) -> (Waiter, Activity)? {
        isAsleep = false
        if isReadable, let waiter = takeWaiter() { return (waiter, .readable) }
        if let deadline = waiting?.deadline, now >= deadline, let waiter = takeWaiter() { return (waiter, .timedOut) }
        return nil
    }

    private mutating func wake() -> Bool {
        defer { isAsleep = false }
        return isAsleep
    }

    private mutating func takeWaiter() -> Waiter? {
        defer { waiting = nil }
        return waiting?.waiter
    }
}
