import Glibc

extension ProcessLaunch {
    /// Starts a program that soon ends by itself, and blocks the calling thread until it has.
    package func run() throws(ChildProcessError) -> ProcessExit {
        let pid = try spawn()
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ProcessExit(waitStatus: status)
    }
}
