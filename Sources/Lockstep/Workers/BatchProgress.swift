/// A batch on its way through a worker: what is answered, and what is still to be worked off.
struct BatchProgress {
    let deliveries: [EventDelivery]
    private var answered: [DeliveryAnswer?]
    /// What merging did of those that were tried and have no answer yet.
    private var merged: [Int: MergeOutcome] = [:]
    /// Which of them have no answer yet, in order.
    private(set) var rest: [Int]

    init(_ deliveries: [EventDelivery]) {
        self.deliveries = deliveries
        answered = Array(repeating: nil, count: deliveries.count)
        rest = Array(deliveries.indices)
    }

    var isDone: Bool { rest.isEmpty }

    /// The answers, in order, once all are there.
    var answers: [DeliveryAnswer] { answered.compactMap { $0 } }

    /// The deliveries at these places.
    func deliveries(at places: ArraySlice<Int>) -> ArraySlice<EventDelivery> {
        guard let first = places.first, let last = places.last else { return [] }
        // Nearly always; else each is copied.
        if last - first == places.count - 1 { return deliveries[first...last] }
        return places.map { deliveries[$0] }[...]
    }

    /// Takes the answers for these places.
    mutating func answer(_ places: ArraySlice<Int>, _ answers: [DeliveryAnswer]) {
        for (place, answer) in zip(places, answers) {
            answered[place] = answer
            // When it is tried again, the replica has it already.
            if let outcome = merged[place] { answered[place]?.outcome = outcome }
        }
        if places.count == rest.count { rest = [] } else { rest.removeAll { answered[$0] != nil } }
    }

    /// Keeps one in hand that was tried, and what merging it did.
    mutating func keep(_ place: Int, _ outcome: MergeOutcome?) {
        if merged[place] == nil { merged[place] = outcome }
    }

    /// Notes what merging answered events did.
    mutating func note(_ outcomes: [MergeOutcome?], at places: ArraySlice<Int>) {
        for (place, outcome) in zip(places, outcomes) { answered[place]?.outcome = outcome }
    }

    /// Gives all back that is left.
    mutating func giveRestBack() {
        for place in rest { answered[place] = DeliveryAnswer(.giveBack, outcome: merged[place]) }
        rest = []
    }
}
