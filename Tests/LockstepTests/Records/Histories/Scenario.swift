import Lockstep
import LockstepTesting

/// A history and how it reaches several replicas; can be made smaller while it still fails.
struct Scenario {
    /// By place in the history, so that deliveries stay what they are when a change is left out.
    private(set) var changes: [Int: RecordChange] = [:]
    private(set) var replicas: [RandomDeliveries]
    let horizons: [ClockReading]

    init(_ history: RandomHistory, replicas count: Int, using generator: inout SeededGenerator) {
        for (index, change) in history.changes.enumerated() { changes[index] = change }
        replicas = (0..<count).map { _ in RandomDeliveries(of: history, using: &generator) }
        horizons = history.horizons
    }

    /// The changes in the order in which they were made.
    var history: [RecordChange] { changes.sorted { $0.key < $1.key }.map(\.value) }

    /// What each replica holds in the end.
    func outcomes() throws -> [SimulatedReplica] {
        try replicas.map { deliveries in
            var replica = SimulatedReplica(subject: try Subject("permit/1"))
            try replica.run(deliveries, of: changes)
            return replica
        }
    }

    /// Checks the scenario; where it fails, throws the smallest one found that fails, too.
    func check(_ rule: (Scenario) throws -> Void) throws {
        do {
            try rule(self)
        } catch {
            let (smallest, reason) = shrunk(failing: rule, with: error)
            throw ShrunkFailure(scenario: smallest, reason: reason)
        }
    }

    private func shrunk(failing rule: (Scenario) throws -> Void, with error: any Error) -> (Scenario, any Error) {
        var (smallest, reason) = (self, error)
        var tries = 0
        var isSmaller = true
        while isSmaller, tries < 5000 {
            isSmaller = false
            for candidate in smallest.smaller {
                tries += 1
                do { try rule(candidate) } catch {
                    (smallest, reason, isSmaller) = (candidate, error, true)
                    break
                }
            }
        }
        return (smallest, reason)
    }

    /// This one without a replica, a change, or a step of a replica's.
    private var smaller: [Scenario] {
        var candidates: [Scenario] = []
        for index in replicas.indices where replicas.count > 1 {
            var candidate = self
            candidate.replicas.remove(at: index)
            candidates.append(candidate)
        }
        for index in changes.keys.sorted(by: >) {
            var candidate = self
            candidate.changes[index] = nil
            for replica in replicas.indices { candidate.replicas[replica].remove(index) }
            candidates.append(candidate)
        }
        for replica in replicas.indices {
            for step in replicas[replica].removableSteps {
                var candidate = self
                candidate.replicas[replica].steps.remove(at: step)
                candidates.append(candidate)
            }
        }
        return candidates
    }
}

extension RandomDeliveries {
    fileprivate mutating func remove(_ index: Int) {
        steps.removeAll { step in
            switch step {
            case .arrival(index), .loss(index): true
            default: false
            }
        }
    }

    /// What can be left out, and each change still arrives.
    fileprivate var removableSteps: [Int] {
        steps.indices.filter { position in
            switch steps[position] {
            case .arrival(let index), .loss(let index):
                steps.indices.contains { other in
                    guard other != position, case .arrival(index) = steps[other] else { return false }
                    return true
                }
            case .commit, .crash, .compaction: true
            case .redelivery: false
            }
        }
    }
}

/// A scenario that fails, small enough to be read.
struct ShrunkFailure: Error, CustomStringConvertible {
    let scenario: Scenario
    let reason: any Error

    var description: String {
        let changes = scenario.changes.sorted { $0.key < $1.key }.map { index, change in
            "  \(index): \(change.version) \(change.operation) \(change.data.text) \(change.type) seen \(change.seen.text ?? "nothing")"
        }
        let replicas = scenario.replicas.map { replica in
            "  replica: \(replica.steps.map(\.description).joined(separator: ", "))"
        }
        return (["\(reason); shrunk to:"] + changes + replicas).joined(separator: "\n")
    }
}
