extension RecordOrder {
    /// Which deliveries of a batch may be tried now: of each record the first one that is left.
    ///
    /// Those behind an event that waits are answered.
    ///
    /// - Returns: Those that may be tried, and those of the others that have never waited before.
    mutating func turns(in batch: inout BatchProgress, at now: Timestamp) -> (now: [Int], later: [Int]) {
        var turns: [Int] = []
        var later: [Int] = []
        var seen: Set<Subject> = []
        for place in batch.rest {
            let delivery = batch.deliveries[place]
            guard case .success(let event) = delivery.content else {
                turns.append(place)
                continue
            }
            guard !seen.contains(event.subject) else { continue }
            switch turn(of: event, putOffAt: delivery.putOffAt, at: now) {
            case .now:
                seen.insert(event.subject)
                turns.append(place)
            case .later(let delay):
                let failure = Failure(.order, "an earlier event of the record waits")
                let answer = DeliveryAnswer(.retry(after: delay, attempt: delivery.attempt, failure))
                settle([place], [answer], in: &batch, at: now)
                if delivery.putOffAt == nil { later.append(place) }
            }
        }
        return (turns, later)
    }

    /// Takes the answers for deliveries of a batch, so that those behind them know.
    mutating func settle(
        _ places: ArraySlice<Int>, _ answers: [DeliveryAnswer], in batch: inout BatchProgress, at now: Timestamp
    ) {
        for (place, answer) in zip(places, answers) {
            guard case .success(let event) = batch.deliveries[place].content else { continue }
            answered(event, answer.verdict, at: now)
        }
        batch.answer(places, answers)
    }
}
