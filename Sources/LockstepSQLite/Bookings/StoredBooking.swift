public import Lockstep

/// A record's booking as an office has judged it.
public struct StoredBooking: Sendable, Hashable {
    /// The record.
    public var subject: Subject
    /// What it books.
    public var resource: BookingResource
    /// When; nil: nobody can say, so it is refused.
    public var span: BookingSpan?
    /// The change that claimed it.
    public var claim: Version
    /// Whether it is refused; nil: not judged yet, which only its own transaction sees.
    var refusal: Bool?
    /// The record whose booking stands in its way, if one does.
    public var winner: Subject?
    /// Why it is refused; nil: it stands.
    public var reason: String?

    /// Whether it is refused.
    public var isRefused: Bool { refusal == true }

    /// The claim, where it is one.
    var booking: Booking? {
        span.map { Booking(subject: subject, resource: resource, span: $0, claim: claim) }
    }
}
