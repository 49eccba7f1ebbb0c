/// Runs tasks on an ``EventThread``, between the jobs of the thread's actor.
///
/// A task that prefers it (`withTaskExecutorPreference`) and calls that actor changes no threads on the way, there or
/// back: for work that is short, often waits for the actor, and never blocks, since the actor stands still meanwhile.
public final class EventThreadTasks: TaskExecutor {
    // Not only its loop: while a task prefers the thread, it must not end.
    private let thread: EventThread

    init(_ thread: EventThread) { self.thread = thread }

    public func enqueue(_ job: consuming ExecutorJob) {
        thread.loop.enqueue(.preferring(UnownedJob(job), asUnownedTaskExecutor()))
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

extension EventThread {
    /// An executor for tasks that want to run on this thread.
    public var tasks: EventThreadTasks { EventThreadTasks(self) }
}
