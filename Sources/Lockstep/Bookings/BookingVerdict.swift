/// Whether a booking stands.
public enum BookingVerdict: Sendable, Hashable {
    /// It has its resource for its time.
    case stands
    /// A booking that stands and has the older claim has it.
    case refused(winner: Booking)

    /// Why it is refused, for people; nil: it stands.
    ///
    /// The same in every office.
    public var reason: String? {
        switch self {
        case .stands: nil
        case .refused(let winner):
            "\(winner.subject) has \(winner.resource) \(winner.span); its claim is older (\(winner.claim))"
        }
    }
}
