/// The time that a booking takes: from its start up to its end, without the end itself.
///
/// So 10:00 to 11:00 and 11:00 to 12:00 do not overlap. There is no empty span, and none that runs backward.
public struct BookingSpan: Sendable, Hashable {
    /// The first moment that is taken.
    public let starts: Timestamp
    /// The first moment that is free again.
    public let ends: Timestamp

    /// A span; nil unless it ends after it starts.
    public init?(from starts: Timestamp, to ends: Timestamp) {
        guard starts < ends else { return nil }
        self.starts = starts
        self.ends = ends
    }

    /// Whether some moment belongs to both.
    public func overlaps(_ other: BookingSpan) -> Bool {
        starts < other.ends && other.starts < ends
    }
}

extension BookingSpan: CustomStringConvertible {
    public var description: String { "from \(starts) to \(ends)" }
}
