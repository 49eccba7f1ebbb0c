/// A thread that is an actor's executor and can wait for a file descriptor.
///
/// An actor whose `unownedExecutor` is an `EventThread` does all its work on that one thread. It may call
/// blocking C libraries there that tolerate no second thread, and wait for their socket with
/// ``activity(on:until:)`` while other calls of the actor go on. The thread ends when the last reference to the
/// `EventThread` goes away and its jobs are done.
public final class EventThread: SerialExecutor {
    let loop = ThreadLoop()

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: what `top -H` shows; Linux keeps 15 bytes of it.
    ///   - stackSize: in bytes; the default is generous, since C libraries recurse over what others send.
    public init(name: String, stackSize: Int = 64 * 1024 * 1024) {
        let loop = loop
        let executor = asUnownedSerialExecutor()
        DetachedThread.start(name: name, stackSize: stackSize) { loop.run(on: executor) }
    }

    deinit { loop.stop() }

    public func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(.isolated(UnownedJob(job)))
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    public func checkIsolated() {
        precondition(loop.isCurrent, "This code belongs on its actor's EventThread and runs on another thread.")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        loop.isCurrent
    }
}
