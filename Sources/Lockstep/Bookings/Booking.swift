/// A record's claim to a resource for a time.
public struct Booking: Sendable, Hashable {
    /// The record.
    public var subject: Subject
    /// What it books.
    public var resource: BookingResource
    /// When.
    public var span: BookingSpan
    /// The change that claimed this resource for this time.
    ///
    /// The newest of those that the fields for resource, start and end show. Later changes of other fields leave it alone; a move is a new claim.
    public var claim: Version

    /// A booking.
    public init(subject: Subject, resource: BookingResource, span: BookingSpan, claim: Version) {
        self.subject = subject
        self.resource = resource
        self.span = span
        self.claim = claim
    }

    /// Whether they want the same resource at the same time.
    public func overlaps(_ other: Booking) -> Bool {
        resource == other.resource && span.overlaps(other.span)
    }

    /// Whether it goes before another one: its claim is older.
    ///
    /// No two changes have the same version; should an origin break that promise, the subject that sorts first goes
    /// before, so that all offices still agree.
    public func precedes(_ other: Booking) -> Bool {
        claim != other.claim ? claim < other.claim : subject < other.subject
    }
}
