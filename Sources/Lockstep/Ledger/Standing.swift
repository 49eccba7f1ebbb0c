/// How an office stands to an event.
public struct Standing: Sendable, Hashable {
    /// What the office has said.
    public enum Word: Sendable, Hashable {
        /// It has the event.
        case done(DeliveryState.Done)
        /// It tries again.
        case waiting(DeliveryState.Waiting)
        /// It gave up.
        case dead(DeliveryState.Dead)
        /// It subscribes to such events, and has not said anything.
        case none
    }

    /// Whose.
    public var office: OfficeName
    /// What it has said.
    public var word: Word
    /// The highest number of a try that it has spoken of; 0: of none.
    public var attempts: Int

    /// A standing.
    public init(office: OfficeName, word: Word, attempts: Int) {
        self.office = office
        self.word = word
        self.attempts = attempts
    }

    /// Whether the office has the event.
    public var hasIt: Bool { if case .done = word { true } else { false } }

    /// Whether nothing more is to be expected by itself.
    public var isFinal: Bool {
        switch word {
        case .done, .dead: true
        case .waiting, .none: false
        }
    }
}

extension Standing {
    /// How the offices stand to an event: those that subscribe to it, in their order, then those that spoke of it all
    /// the same, by name.
    ///
    /// - Parameters:
    ///   - routingKey: The event's; nil: it is not known, and so neither is who should have said something.
    ///   - deliveries: What the offices have said.
    public static func all(
        routingKey: String?, deliveries: [OfficeName: DeliveryState], subscriptions: [Subscription]
    ) -> [Standing] {
        let wanting = subscriptions.filter { subscription in routingKey.map(subscription.wants) ?? false }
            .map(\.office)
        let others = deliveries.keys.filter { !wanting.contains($0) }.sorted()
        return (wanting + others).map { Standing($0, deliveries[$0]) }
    }

    private init(_ office: OfficeName, _ state: DeliveryState?) {
        self.office = office
        attempts = state?.attempts ?? 0
        word =
            switch state?.word {
            case .done(let done): .done(done)
            case .waiting(let waiting): .waiting(waiting)
            case .dead(let dead): .dead(dead)
            case nil: .none
            }
    }
}

extension LedgerEntry {
    /// How the offices stand to the event.
    public func standings(among subscriptions: [Subscription]) -> [Standing] {
        Standing.all(
            routingKey: publication?.routingKey, deliveries: deliveries, subscriptions: subscriptions)
    }
}
