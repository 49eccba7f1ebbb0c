/// A hybrid logical clock (Kulkarni et al., 2014): near the wall clock, and never backward.
///
/// A value: who keeps it must store ``last`` before a reading leaves the process, or a restart could give it again.
public struct HybridClock: Sendable, Hashable {
    /// The newest reading given or taken in.
    public private(set) var last: ClockReading

    /// A clock that continues after `last`.
    public init(last: ClockReading = ClockReading(0)) {
        self.last = last
    }

    /// Gives `count` readings in a row, all newer than anything before, and returns the first.
    ///
    /// The wall clock only ever pulls the readings forward; while it stands behind them, the counter goes on.
    public mutating func take(_ count: Int = 1, at now: Timestamp) -> ClockReading {
        precondition(count > 0, "at least one reading must be asked for")
        let first = max(last.successor, ClockReading(at: now) ?? ClockReading(0))
        last = ClockReading(first.bits + UInt64(count) - 1)
        return first
    }

    /// Moves past a reading of somebody else's, so that the next change here is newer than what it has seen.
    public mutating func observe(_ reading: ClockReading) {
        last = max(last, reading)
    }
}
