#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What time people's clocks show.
///
/// Only versions and reports use it; waiting goes by monotonic clocks.
public struct WallClock: Sendable {
    private let read: @Sendable () -> Timestamp

    /// A clock that is read by a closure.
    public init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    /// The moment.
    public var now: Timestamp { read() }

    /// The machine's clock.
    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
