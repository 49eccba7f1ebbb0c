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
    /// Where it is told of its changes by HTTP; nil: it runs a worker.
    public var callback: Callback?
    /// In which order its system is told of the changes of one record.
    public var order: DeliveryOrder
    /// How fast its system may be told.
    public var pace: DeliveryPace
    /// How many deliveries its queue takes; nil: as many as come.
    ///
    /// At the limit the broker refuses every event that the office wants, for whoever publishes it: that is held up for
    /// all offices, and nothing is lost.
    public var limit: Int?
    /// How many deliveries may be queued before a person is to look; where nobody has said so, 100,000, or four fifths of
    /// the limit if that is less.
    public var alarm: Int {
        get { ownAlarm ?? min(Self.usualAlarm, limit.map { max(1, $0 - max(1, $0 / 5)) } ?? .max) }
        set { ownAlarm = newValue }
    }
    private var ownAlarm: Int?

    /// The alarm where nothing else is said.
    public static let usualAlarm = 100_000

    /// A subscription.
    public init(
        office: OfficeName,
        events: [TopicPattern],
        delivery: DeliveryMode = .immediate,
        retry: RetryPolicy = RetryPolicy(),
        conflicts: ConflictPolicy = .newest,
        calendar: [CalendarMapping] = [],
        callback: Callback? = nil,
        order: DeliveryOrder = .arrival,
        pace: DeliveryPace = .unlimited
    ) {
        self.office = office
        self.events = events
        self.delivery = delivery
        self.retry = retry
        self.conflicts = conflicts
        self.calendar = calendar
        self.callback = callback
        self.order = order
        self.pace = pace
    }

    /// Whether an event with this routing key is for the office.
    public func wants(_ routingKey: String) -> Bool {
        events.contains { $0.matches(routingKey) }
    }
}
