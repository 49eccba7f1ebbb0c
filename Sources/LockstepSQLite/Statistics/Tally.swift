import Lockstep

/// What one batch adds to an office's statistics.
struct Tally {
    private(set) var counts: [Counter: Int] = [:]
    private(set) var delays = DelayHistogram()
    private(set) var changedSomething = false
    /// The newest reading of what changed something, from clocks that are not ahead of the office's.
    private(set) var newest: ClockReading?

    mutating func insert(_ acceptance: Acceptance, of arrival: Arrival, at now: Timestamp) {
        counts[Counter(acceptance.outcome), default: 0] += 1
        if acceptance.refusal != nil { counts[.refused, default: 0] += 1 }
        if arrival.attempt > 1 { counts[.retried, default: 0] += 1 }
        // What was there already came before, or comes again: its delay says nothing.
        guard acceptance.outcome.changedSomething else { return }
        changedSomething = true
        delays.insert(milliseconds: now.milliseconds - arrival.event.publishedMilliseconds)
        let reading = arrival.event.version.reading
        if reading.milliseconds <= now.milliseconds { newest = max(newest ?? reading, reading) }
    }
}
