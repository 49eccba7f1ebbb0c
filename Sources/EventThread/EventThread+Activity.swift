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
    ///   - rest: how long the thread sleeps before it looks at the descriptor, where there is no job to be done and
    ///     ``interrupt()`` was not called. What arrives meanwhile is found together. For well under a millisecond.
    ///   - undisturbed: whether jobs and ``interrupt()`` have to wait for the end of the rest, so that they are found
    ///     together, too.
    public nonisolated(nonsending) func activity(
        on descriptor: Int32, orRoom room: Bool = false, until deadline: ContinuousClock.Instant?,
        resting rest: Duration = .zero, undisturbed: Bool = false
    ) async -> Activity {
        await withUnsafeContinuation { waiter in
            loop.wait(
                waiter,
                for: Watched(descriptor: descriptor, awaitsRoom: room, rest: rest, restsUndisturbed: undisturbed),
                deadline: deadline)
        }
    }

    /// Ends the wait that is going on, or else the next one, from any thread.
    ///
    /// Costs a system call only while the thread sleeps.
    public func interrupt() {
        loop.interrupt()
    }
}
