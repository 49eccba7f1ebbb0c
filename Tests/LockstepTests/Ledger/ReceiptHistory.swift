import Lockstep
import LockstepTesting

/// A made-up past of one event at one office: tries, deaths, replays, and copies that come later.
struct ReceiptHistory {
    /// What the office said, and when, in order.
    private(set) var said: [(receipt: Receipt, at: Timestamp)] = []
    /// Whether it has the event in the end.
    private(set) var isDone = false
    /// The last word, where it does not.
    private(set) var last: Receipt.Outcome?

    private static let policy = 5

    init(using generator: inout SeededGenerator) throws {
        var now: Int64 = 1_700_000_000_000_000
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            // A replay comes well after a death, as a person causes it.
            now += 600_000_000
            for attempt in 1...Self.policy {
                now += Int64.random(in: 1...30_000_000, using: &generator)
                if generator.chance(0.15) {
                    isDone = true
                    try say(.done(generator.chance(0.7) ? .applied : .merged), attempt, now)
                    break
                }
                guard attempt < Self.policy, generator.chance(0.85) else {
                    try say(.dead(reason: "because-\(now % 7)"), attempt, now)
                    break
                }
                try say(.waiting(until: Timestamp(microseconds: now + 1_000), reason: "later-\(now % 5)"), attempt, now)
            }
            if isDone { break }
        }
        guard isDone else { return }
        // The broker hands it out again.
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            now += 1_000_000
            try say(.done(generator.chance(0.5) ? .duplicate : .superseded), 1, now)
        }
    }

    private mutating func say(_ outcome: Receipt.Outcome, _ attempt: Int, _ now: Int64) throws {
        let receipt = Receipt(
            event: try EventID("e"), subject: try Subject("permit/1"), version: try Sample.version(7), outcome: outcome,
            attempt: attempt)
        said.append((receipt, Timestamp(microseconds: now)))
        last = outcome
    }
}
