/// Which of the core's records an office should hold, and hold alike.
///
/// An office is sent the events that its patterns match. It can hold the same record as the core only where they match
/// *all* of the record's events; that is told by the routing keys that the core's replica remembers of each record.
public struct DriftScope: Sendable {
    /// What an office should have of a record.
    public enum Interest: Sendable, Hashable {
        /// All its events: the two must be equal.
        case whole
        /// Some of its events: the office's is another record, and rightly so.
        case part
        /// None.
        case none
        /// Nobody knows any more which routing keys its events had.
        case unknown
    }

    private let subscription: Subscription

    /// The scope of an office.
    public init(_ subscription: Subscription) {
        self.subscription = subscription
    }

    /// Whether the office takes everything, so that there is no need to look at single records.
    public var isEverything: Bool { subscription.events.contains { $0.text == "#" } }

    /// What the office should have of a record whose events had these routing keys.
    public func interest(in routes: [String]?) -> Interest {
        if isEverything { return .whole }
        guard let routes else { return .unknown }
        let wanted = routes.count { subscription.wants($0) }
        return wanted == 0 ? .none : wanted == routes.count ? .whole : .part
    }
}
