import Glibc

/// What a process does about its shared servers while it exits (`atexit(3)`).
enum ExitCleanup {
    /// Ends a server, and waits until it is gone, two seconds at most: then its files can be removed.
    ///
    /// Nobody can be awaited in here, and a child that another thread reaps cannot be waited for: so it is looked for.
    static func end(_ process: pid_t, by signal: Int32) {
        kill(process, signal)
        for _ in 0..<400 where kill(process, 0) == 0 { usleep(5_000) }
    }
}
