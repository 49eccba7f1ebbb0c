/// What clocks show in one time zone: its offsets from UTC in the past, and the rule for its future.
///
/// Made of a file of the time zone database (TZif, RFC 9636). Machines with different releases of that database may
/// disagree about a day; it is the operator's part to keep them alike.
public struct TimeZoneRules: Sendable, Hashable {
    /// From a moment on, clocks show another offset.
    struct Transition: Sendable, Hashable {
        /// Seconds since 1970.
        let moment: Int64
        /// Seconds east of UTC.
        let offset: Int
    }

    /// The name in the time zone database, like `America/New_York`.
    public let name: String
    /// The offset before the first transition.
    let firstOffset: Int
    /// The transitions, the earliest first.
    let transitions: [Transition]
    /// What holds after the last transition; nil: its offset stays.
    let future: DaylightRule?

    init(name: String, firstOffset: Int, transitions: [Transition], future: DaylightRule?) {
        self.name = name
        self.firstOffset = firstOffset
        self.transitions = transitions
        self.future = future
    }

    /// Coordinated universal time.
    public static let utc = TimeZoneRules(name: "UTC", firstOffset: 0, transitions: [], future: nil)

    /// Sixteen hexadecimal digits that are other ones for other rules (FNV-1a, 64 bits).
    public var checksum: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(firstOffset) \(transitions) \(String(describing: future))".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return Hexadecimal.text(hash)
    }

    /// How many seconds clocks are ahead of UTC at a moment, in seconds since 1970.
    public func offset(at moment: Int64) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        if low == transitions.count, let future { return future.offset(at: moment) }
        return low == 0 ? firstOffset : transitions[low - 1].offset
    }

    /// The moment when clocks show this time, as if it were one of UTC.
    ///
    /// Where clocks are put back and show it twice, the first one. Where they are put forward and never show it, the
    /// one that they would show had they not been: so do calendars (RFC 5545, section 3.3.5).
    public func moment(showing local: Timestamp) -> Timestamp {
        let seconds = local.wholeSecondsSince1970
        // No zone is a day from UTC, and none changes its clocks twice within two days.
        let before = offset(at: seconds - 86_400)
        let after = offset(at: seconds + 86_400)
        let isShownLater =
            offset(at: seconds - Int64(before)) != before && offset(at: seconds - Int64(after)) == after
        return Timestamp(microseconds: local.microseconds - Int64(isShownLater ? after : before) * 1_000_000)
    }

    /// The moment when a day begins: midnight, or what clocks show first where they skip it.
    public func start(of day: CivilDate) -> Timestamp {
        moment(showing: Timestamp(microseconds: Int64(day.daysSince1970) * 86_400_000_000))
    }

    /// The moment when a day ends and the next one begins.
    public func end(of day: CivilDate) -> Timestamp {
        moment(showing: Timestamp(microseconds: Int64(day.daysSince1970 + 1) * 86_400_000_000))
    }
}

extension TimeZoneRules: CustomStringConvertible {
    public var description: String { name }
}

extension Timestamp {
    /// Seconds since 1970, rounded down.
    fileprivate var wholeSecondsSince1970: Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }
}
