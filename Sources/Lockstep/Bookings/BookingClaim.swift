/// What a record claims, as an office shows it.
public enum BookingClaim: Sendable, Hashable {
    /// It books nothing: no resource or no start yet, cancelled, deleted, or of another kind.
    case nothing
    /// It books a resource for a time.
    case booking(Booking)
    /// It means to book a resource, but nobody can say for when; it is refused, and keeps nobody else out.
    ///
    /// The reason holds no contents.
    case unusable(resource: BookingResource, claim: Version, reason: String)
}
