import Glibc

/// What wakes a thread asleep in `poll(2)`: a pipe to itself.
///
/// An `eventfd(2)` would do with one descriptor, but Swift's `Glibc` module does not have it, and it is no
/// reason for a C target: a ring costs the same single system call.
struct Bell: ~Copyable, Sendable {
    /// What `poll(2)` waits for.
    let descriptor: Int32
    private let rope: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "pipe(2) failed with errno \(errno): the process is out of descriptors.")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        rope = ends[1]
    }

    deinit {
        close(descriptor)
        close(rope)
    }

    /// Makes the descriptor readable.
    func ring() {
        var stroke: UInt8 = 1
        // EAGAIN means that thousands of rings are unheard: it is ringing.
        while write(rope, &stroke, 1) < 0, errno == EINTR {}
    }

    /// Makes the descriptor quiet again.
    func silence() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { strokes in
            while true {
                let count = read(descriptor, strokes.baseAddress, strokes.count)
                if count == strokes.count || (count < 0 && errno == EINTR) { continue }
                return
            }
        }
    }
}
