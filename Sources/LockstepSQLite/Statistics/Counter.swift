import Lockstep

/// The name of a number in the table `counters`.
struct Counter: Hashable {
    let name: String

    private init(name: String) {
        self.name = name
    }

    init(_ outcome: MergeOutcome) {
        name = outcome.rawValue
    }

    /// Events whose record the calendar could not show.
    static let refused = Counter(name: "refused")
    /// Deliveries that were not the first of their event.
    static let retried = Counter(name: "retried")
}
