/// An office and what it wants: which events, how they are delivered, what happens when that fails.
public struct Subscription: Sendable {
    /// Who.
    public var office: OfficeName
    /// Which routing keys; an event that matches any of them is delivered once.
    public var events: [TopicPattern]
    /// How deliveries are gathered.
    public var delivery: DeliveryMode
    /// What happens to a delivery that failed.
    public var retry: RetryPolicy
    /// What is shown of concurrent changes.
    public var conflicts: ConflictPolicy
    /// How records become entries of the office's calendar; the first mapping that fits a record counts.
    public var calendar: [CalendarMapping]

    /// A subscription.
    public init(
        office: OfficeName,
        events: [TopicPattern],
        delivery: DeliveryMode = .immediate,
        retry: RetryPolicy = RetryPolicy(),
        conflicts: ConflictPolicy = .newest,
        calendar: [CalendarMapping] = []
    ) {
        self.office = office
        self.events = events
        self.delivery = delivery
        self.retry = retry
        self.conflicts = conflicts
        self.calendar = calendar
    }

    /// Whether an event with this routing key is for the office.
    public func wants(_ routingKey: String) -> Bool {
        events.contains { $0.matches(routingKey) }
    }
}
