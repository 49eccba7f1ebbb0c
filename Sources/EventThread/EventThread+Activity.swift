extension EventThread {
    /// Waits until `descriptor` has something to read or room, the deadline passes, or ``interrupt()`` is called.
    ///
    /// For the actor that runs on this thread, one wait at a time. Other jobs of the actor run meanwhile; while
    /// there are any, the descriptor is not looked at, so look at it yourself on every turn.
    ///
    /// - Parameters:
    ///   - descriptor: must stay open until the wait ends; one that is closed or broken ends it as `readable`.
    ///   - room: whether room to write ends the wait, too; as `readable`.
    ///   - deadline: `nil` waits for as long as it takes.
    ///   - rest: how long the thread sleeps, whatever happens, before it looks at the descriptor; not where a job is to be
    ///     done or ``interrupt()`` was called. What arrives meanwhile is found together. For well under a millisecond.
    public nonisolated(nonsending) func activity(
        on descriptor: Int32, orRoom room: Bool = false, until deadline: ContinuousClock.Instant?,
        resting rest: Duration = .zero
    ) async -> Activity {
        await withUnsafeContinuation { waiter in
            loop.wait(waiter, for: Watched(descriptor: descriptor, awaitsRoom: room, rest: rest), deadline: deadline)
        }
    }

    /// Ends the wait that is going on, or else the next one, from any thread.
    ///
    /// Costs a system call only while the thread sleeps.
    public func interrupt() {
        loop.interrupt()
    }
}
