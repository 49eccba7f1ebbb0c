/// A hybrid logical clock reading: 48 bits of milliseconds since 1970, then 16 bits of counter.
public struct ClockReading: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// All 64 bits.
    public let bits: UInt64

    /// A reading from its bits.
    public init(_ bits: UInt64) {
        self.bits = bits
    }

    /// The first reading of a moment; nil before 1970 and after the year 10889.
    public init?(at time: Timestamp, counter: UInt16 = 0) {
        guard (0...0xFFFF_FFFF_FFFF).contains(time.milliseconds) else { return nil }
        bits = UInt64(time.milliseconds) << 16 | UInt64(counter)
    }

    /// The moment in milliseconds since 1970.
    public var milliseconds: Int64 { Int64(bits >> 16) }

    /// The next reading.
    public var successor: ClockReading { ClockReading(bits + 1) }

    public static func < (left: ClockReading, right: ClockReading) -> Bool { left.bits < right.bits }

    /// Sixteen hexadecimal digits.
    public var description: String { Hexadecimal.text(bits) }
}
