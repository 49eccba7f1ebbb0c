/// How records of a ``CalendarMapping`` book something: a resource, for the time from `starts` to `ends` of the mapping.
public struct BookingMapping: Sendable, Hashable {
    /// What is booked, like `{INSPECTOR}`.
    ///
    /// A record that leaves one of its fields empty books nothing.
    public var resource: Template
    /// The values of the mapping's `status` that cancel a booking, written as in the records.
    public var cancelled: [String]

    /// A mapping.
    public init(resource: Template, cancelled: [String] = []) {
        self.resource = resource
        self.cancelled = cancelled
    }
}
