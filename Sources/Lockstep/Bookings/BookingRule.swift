/// Which bookings stand: of those that overlap, the one with the oldest claim.
///
/// A function of the *set* of bookings: whatever the order in which they arrived, every office that has the same ones
/// gives the same verdicts. The bookings are looked at from the oldest claim to the newest, and each one stands unless
/// one that stands is in its way. So a refused booking keeps nobody out: where A is in B's way and B in C's, but A not
/// in C's, then A and C stand. And once A is cancelled or moved away, B stands.
public struct BookingRule: Sendable {
    /// The bookings of one resource that stand, by time.
    private var standing: [Booking] = []

    private init() {}

    /// The verdict on each booking, by its record.
    ///
    /// Takes time by n log n of their number.
    /// - Parameter bookings: All of them, or a part that no booking outside of it overlaps.
    public static func judge(_ bookings: some Sequence<Booking>) -> [Subject: BookingVerdict] {
        var rules: [BookingResource: BookingRule] = [:]
        var verdicts: [Subject: BookingVerdict] = [:]
        for booking in bookings.sorted(by: { $0.precedes($1) }) {
            verdicts[booking.subject] = rules[booking.resource, default: BookingRule()].judge(booking)
        }
        return verdicts
    }

    /// The verdict on the next booking; all with an older claim have been judged.
    private mutating func judge(_ booking: Booking) -> BookingVerdict {
        // Those that stand do not overlap: the order of their starts is that of their ends.
        let place = standing.partition { booking.span.starts < $0.span.ends }
        var winner: Booking?
        for other in standing[place...] {
            guard other.span.starts < booking.span.ends else { break }
            if winner.map({ other.precedes($0) }) ?? true { winner = other }
        }
        if let winner { return .refused(winner: winner) }
        standing.insert(booking, at: place)
        return .stands
    }
}

extension [Booking] {
    /// The first place from which on the condition holds; up to there it does not.
    fileprivate func partition(where condition: (Booking) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
