/// Parts a batch into rounds: in each, one event at most of every record, in the order of their arrival; pure.
struct EventRounds {
    /// What is left of each record, the next one last.
    private var left: [Subject: [Int]] = [:]
    private var subjects: [Int: Subject] = [:]

    /// - Parameter events: The places of events in their batch, in order, and their records.
    init(_ events: [(index: Int, subject: Subject)]) {
        for (index, subject) in events.reversed() {
            left[subject, default: []].append(index)
            subjects[index] = subject
        }
    }

    /// The places of the next round's events, in order; nil: there is none.
    mutating func next() -> [Int]? {
        let round = left.values.compactMap(\.last).sorted()
        guard !round.isEmpty else { return nil }
        for index in round {
            guard let subject = subjects[index] else { preconditionFailure("every event has its record") }
            left[subject]?.removeLast()
            if left[subject]?.isEmpty == true { left[subject] = nil }
        }
        return round
    }

    /// Takes out what is left of a record, and returns it in order.
    mutating func holdBack(_ subject: Subject) -> [Int] {
        Array((left.removeValue(forKey: subject) ?? []).reversed())
    }

    /// Takes out all that is left, and returns it in order.
    mutating func stop() -> [Int] {
        let rest = left.values.flatMap { $0 }.sorted()
        left = [:]
        return rest
    }
}
