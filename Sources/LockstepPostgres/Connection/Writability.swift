import Glibc

/// Waits until a socket takes more: the one wait that an `EventThread` does not know.
///
/// It holds up nothing but its own connection, whose thread it blocks.
enum Writability {
    /// Returns false where the deadline passed first.
    static func wait(on descriptor: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return false }
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
            let count = poll(&watched, 1, Int32(clamping: Int64(left / .milliseconds(1)) + 1))
            // Something to read also counts: libpq must take that before the server takes more.
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }
}
