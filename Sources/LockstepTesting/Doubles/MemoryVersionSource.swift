public import Lockstep
import Synchronization

/// A clock in memory that counts from a reading on.
public final class MemoryVersionSource: VersionSource {
    private let clock: Mutex<HybridClock>

    /// A clock that continues after a reading.
    public init(after last: ClockReading = ClockReading(0)) {
        clock = Mutex(HybridClock(last: last))
    }

    public func take(_ count: Int) async throws(LockstepError) -> ClockReading {
        clock.withLock { $0.take(count, at: Timestamp(microseconds: 0)) }
    }
}
