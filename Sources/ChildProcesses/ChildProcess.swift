import Dispatch
package import Glibc
import Synchronization

/// A long-running child process: signalled without a race against its end, and awaited.
///
/// One thread starts it, and then waits for its end. The kernel ties a child's "signal me when my parent dies"
/// to the thread that started it, not to the process, so that thread has to live as long as the child: a thread
/// of a pool would not do.
package final class ChildProcess: Sendable {
    private struct State {
        var pid: pid_t = 0
        var failure: ChildProcessError?
        var exit: ProcessExit?
        var waiters: [AsyncStream<ProcessExit>.Continuation] = []
    }

    /// What the waiting thread and the owner share.
    ///
    /// The thread holds on to this, not to the `ChildProcess`, whose `deinit` therefore runs while the child does.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    /// The child's process id.
    package let pid: pid_t
    private let shared: Shared
    private let endsWithOwner: Bool

    /// Starts the program and returns once the system has it, or has refused it.
    package init(_ launch: ProcessLaunch) throws {
        let shared = Shared()
        let started = DispatchSemaphore(value: 0)
        try runOnOwnThread {
            do throws(ChildProcessError) {
                let pid = try launch.spawn()
                shared.state.withLock { $0.pid = pid }
                started.signal()
                Self.waitForEnd(of: pid, shared)
            } catch {
                shared.state.withLock { $0.failure = error }
                started.signal()
            }
        }
        started.wait()
        let (pid, failure) = shared.state.withLock { ($0.pid, $0.failure) }
        if let failure { throw failure }
        self.pid = pid
        self.shared = shared
        self.endsWithOwner = launch.diesWithThread
    }

    deinit {
        if endsWithOwner { signal(SIGKILL) }
    }

    /// How it ended, or `nil` while it runs.
    package var exit: ProcessExit? {
        shared.state.withLock { $0.exit }
    }

    /// Sends a signal, unless the process has ended.
    ///
    /// The process is reaped under the same lock, so its id cannot belong to another process here.
    @discardableResult
    package func signal(_ number: Int32) -> Bool {
        shared.state.withLock { $0.exit == nil && Glibc.kill(pid, number) == 0 }
    }

    /// Waits for its end; `nil` when the waiting task is cancelled first.
    package func ended() async -> ProcessExit? {
        let (ends, continuation) = AsyncStream.makeStream(of: ProcessExit.self)
        shared.state.withLock { state in
            if let exit = state.exit {
                continuation.yield(exit)
                continuation.finish()
            } else {
                state.waiters.append(continuation)
            }
        }
        return await ends.first { _ in true }
    }

    /// Waits for its end, up to a limit; `nil` when it still runs then.
    package func ended(within limit: Duration) async -> ProcessExit? {
        await withTaskGroup(of: ProcessExit?.self) { group in
            group.addTask { await self.ended() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// Looks without reaping, and reaps under the lock: see ``signal(_:)``.
    private static func waitForEnd(of pid: pid_t, _ shared: Shared) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let (exit, waiters) = shared.state.withLock { state in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let exit = ProcessExit(waitStatus: status)
            state.exit = exit
            defer { state.waiters = [] }
            return (exit, state.waiters)
        }
        for waiter in waiters {
            waiter.yield(exit)
            waiter.finish()
        }
    }
}
