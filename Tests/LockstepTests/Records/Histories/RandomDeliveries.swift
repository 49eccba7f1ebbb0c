import Lockstep
import LockstepTesting

/// How the changes of a history reach one replica, and what befalls it meanwhile.
struct RandomDeliveries {
    enum Step {
        /// A change arrives, by its place in the history.
        case arrival(Int)
        /// A change gets lost on the way; it comes again later.
        case loss(Int)
        /// The replica commits what it has taken in.
        case commit
        /// The replica's process dies: what it had not committed comes again later.
        case crash
        /// All that was lost comes again.
        case redelivery
        /// The replica compacts its record, if it has committed all that is older than this horizon.
        case compaction(ClockReading)
    }

    var steps: [Step] = []

    /// Each change once at least, in any order, some of them twice, with losses and crashes in between.
    init(of history: RandomHistory, using generator: inout SeededGenerator) {
        var order = Array(history.changes.indices)
        order += order.filter { _ in generator.chance(0.3) }
        if generator.chance(0.3) {
            // Nearly in order, as a queue brings them.
            order.sort()
            for index in order.indices.dropLast() where generator.chance(0.3) { order.swapAt(index, index + 1) }
        } else {
            order.shuffle(using: &generator)
        }
        for index in order {
            steps.append(generator.chance(0.1) ? .loss(index) : .arrival(index))
            if generator.chance(0.25) { steps.append(.commit) }
            if generator.chance(0.08) { steps.append(.crash) }
            if generator.chance(0.08) { steps.append(.redelivery) }
            for horizon in history.horizons where generator.chance(0.2) { steps.append(.compaction(horizon)) }
        }
        steps += [.redelivery, .commit]
        guard !history.horizons.isEmpty else { return }
        for horizon in history.horizons where generator.chance(0.5) { steps.append(.compaction(horizon)) }
        // Duplicates of any age come afterwards, too.
        for index in history.changes.indices where generator.chance(0.3) { steps.append(.arrival(index)) }
        steps.append(.commit)
    }
}

extension RandomDeliveries.Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .arrival(let index): "\(index)"
        case .loss(let index): "lose \(index)"
        case .commit: "commit"
        case .crash: "crash"
        case .redelivery: "redeliver"
        case .compaction(let horizon): "compact before \(horizon)"
        }
    }
}
