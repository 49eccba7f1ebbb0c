import CEventThread
import Glibc

/// What wakes a thread asleep in `ppoll(2)`: an `eventfd(2)`.
struct Bell: ~Copyable, Sendable {
    /// What the thread waits for.
    let descriptor: Int32

    init() {
        descriptor = ceventthread_bell()
        precondition(descriptor >= 0, "eventfd(2) failed with errno \(errno): the process is out of descriptors.")
    }

    deinit { close(descriptor) }

    /// Makes the descriptor readable.
    func ring() {
        var stroke: UInt64 = 1
        // EAGAIN means that more rings than it can count are unheard: it is ringing.
        while write(descriptor, &stroke, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }

    /// Makes the descriptor quiet again.
    func silence() {
        var strokes: UInt64 = 0
        while read(descriptor, &strokes, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }
}
