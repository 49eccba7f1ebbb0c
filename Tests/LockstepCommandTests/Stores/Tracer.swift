import LockstepTesting

/// `strace`, which makes system calls of a program fail.
enum Tracer {
    private static let program = "/usr/bin/strace"

    /// Whether it is there, and this account may trace.
    static let isAllowed =
        (try? ShortProgram.run(program, ["-f", "-o", "/dev/null", "/usr/bin/true"]))?.status == 0

    /// Runs a program in which nothing that is written can be made durable.
    static let failingSync = [
        program, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
        "inject=fsync,fdatasync:error=EIO",
    ]
}
