extension EventThread {
    /// Waits until `descriptor` has something to read, the deadline passes, or ``interrupt()`` is called.
    ///
    /// For the actor that runs on this thread, one wait at a time. Other jobs of the actor run meanwhile; while
    /// there are any, the descriptor is not looked at, so look at it yourself on every turn.
    ///
    /// - Parameters:
    ///   - descriptor: must stay open until the wait ends; one that is closed or broken ends it as `readable`.
    ///   - deadline: `nil` waits for as long as it takes.
    public nonisolated(nonsending) func activity(
        on descriptor: Int32, until deadline: ContinuousClock.Instant?
    ) async -> Activity {
        await withUnsafeContinuation { loop.wait($0, descriptor: descriptor, deadline: deadline) }
    }

    /// Ends the wait that is going on, or else the next one, from any thread.
    ///
    /// Costs a system call only while the thread sleeps.
    public func interrupt() {
        loop.interrupt()
    }
}
