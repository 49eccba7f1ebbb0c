import Lockstep
import LockstepTesting
import Testing

/// An outbox in memory, what the broker has of it, and the rules that hold between the two.
struct ModelOutbox {
    /// What the broker makes of a row's event.
    enum Route: CaseIterable {
        case stored, storedAtTimes, unwanted, poison, noEvent
    }

    struct Row {
        let record: Int
        let size: Int
        let route: Route
        var isSettled = false
        /// Whether a relay was told that the broker has it, in the life of this relay.
        var wasConfirmed = false
    }

    private(set) var rows: [Row] = []
    private var entries: [OutboxEntry] = []
    private(set) var claimed: Set<Int> = []
    /// Settled by calls that failed.
    private var repeated: Set<Int> = []
    /// The rows whose events the broker stored, copies included.
    private(set) var stored: [Int] = []

    var waiting: Int { rows.count { !$0.isSettled } }

    mutating func commit(using generator: inout SeededGenerator) throws {
        let number = rows.count
        let record = Int.random(in: 0..<5, using: &generator)
        let usual = generator.chance(0.6)
        let route = usual ? .stored : Route.allCases.randomElement(using: &generator) ?? .stored
        let event: Result<Event, LockstepError> =
            route == .noEvent
            ? .failure(LockstepError(.invalidJSON, "no event"))
            : .success(try Sample.event(UInt64(number), about: Self.subjects[record]))
        let size = 5 + number % 7
        entries.append(OutboxEntry(position: OutboxPosition(Int64(number)), event: event, size: size))
        rows.append(Row(record: record, size: size, route: route))
    }

    private static let subjects = (0..<5).map { "permit/\($0)" }

    mutating func claim(atMost count: Int, bytes: Int) throws -> [OutboxEntry] {
        try demand(count > 0 && bytes > 0)
        var found: [OutboxEntry] = []
        var size = 0
        for number in rows.indices where !rows[number].isSettled && !claimed.contains(number) {
            guard found.count < count, found.isEmpty || size + rows[number].size <= bytes else { break }
            size += rows[number].size
            found.append(entries[number])
            claimed.insert(number)
        }
        return found
    }

    /// What is handed to the broker must come in order: what stands before it in its record goes before it, too.
    func checkOrder(of batch: [Int], underWay: [Int]) throws {
        for (place, number) in batch.enumerated() {
            try demand(claimed.contains(number) && !rows[number].isSettled, "\(number) is not to be published")
            try demand(!underWay.contains(number), "\(number) is published twice at once")
            for other in 0..<number where rows[other].record == rows[number].record && !rows[other].isSettled {
                let isBefore = batch[..<place].contains(other) && !underWay.contains(other)
                try demand(
                    isBefore || rows[other].wasConfirmed || mayBeRefused(other), "\(number) overtakes \(other)")
            }
        }
    }

    /// A row that is no event, or that the broker will never take, holds nothing up.
    private func mayBeRefused(_ number: Int) -> Bool { [.noEvent, .poison].contains(rows[number].route) }

    /// The broker takes over what of a batch it can; nil: it closes the channel, and nothing is known.
    mutating func publish(_ batch: [Int], using generator: inout SeededGenerator) -> [PublishOutcome]? {
        var outcomes: [PublishOutcome] = []
        for number in batch {
            switch rows[number].route {
            case .stored: outcomes.append(.confirmed)
            case .storedAtTimes: outcomes.append(generator.chance(0.5) ? .confirmed : .refused("full"))
            case .unwanted: outcomes.append(.unrouted)
            case .poison, .noEvent: return nil
            }
            if outcomes.last == .confirmed { stored.append(number) }
        }
        return outcomes
    }

    mutating func noteConfirms(_ batch: [Int], _ outcomes: [PublishOutcome]) {
        var refused: Set<Int> = []
        for (number, outcome) in zip(batch, outcomes) {
            if case .refused = outcome { refused.insert(rows[number].record) }
            if !refused.contains(rows[number].record) { rows[number].wasConfirmed = true }
        }
    }

    mutating func settle(_ settlements: [OutboxSettlement]) throws {
        try demand(!settlements.isEmpty)
        for settlement in settlements {
            let number = Int(settlement.position.number)
            let row = rows[number]
            // It may have been settled by a call that failed after its commit.
            if repeated.remove(number) != nil { continue }
            try demand(!row.isSettled && claimed.contains(number), "\(number) is settled twice")
            switch (settlement.result, row.route) {
            case (.sent, .stored), (.sent, .storedAtTimes):
                try demand(row.wasConfirmed && stored.contains(number), "\(number) is sent and was not confirmed")
            case (.unrouted, .unwanted): try demand(row.wasConfirmed)
            case (.refused, .poison), (.refused, .noEvent): break
            default: throw BrokenRule(rule: "\(number) is \(settlement.result)", location: #_sourceLocation)
            }
            rows[number].isSettled = true
            claimed.remove(number)
        }
    }

    /// The commit came through, and nobody was told.
    mutating func settleUnheard(_ settlements: [OutboxSettlement]) throws {
        try settle(settlements)
        repeated.formUnion(settlements.map { Int($0.position.number) })
    }

    mutating func release(_ positions: [OutboxPosition]) throws {
        for position in positions {
            let number = Int(position.number)
            try demand(claimed.remove(number) != nil || repeated.contains(number), "\(position) was not claimed")
        }
    }

    /// The relay is gone, and its claims and what it knew with it.
    mutating func forget() {
        claimed = []
        repeated = []
        for number in rows.indices { rows[number].wasConfirmed = false }
    }

    func checkTheEnd() throws {
        for (number, row) in rows.enumerated() {
            try demand(row.isSettled, "\(number) was lost")
            let isWanted = row.route == .stored || row.route == .storedAtTimes
            try demand(isWanted == stored.contains(number), "\(number) is not where it belongs")
        }
        // Whatever was sent again: the last copies of a record's events stand in their order.
        var lastPlaces: [Int: Int] = [:]
        for (place, number) in stored.enumerated() { lastPlaces[number] = place }
        for (_, numbers) in Dictionary(grouping: lastPlaces.keys, by: { rows[$0].record }) {
            let places = numbers.sorted().compactMap { lastPlaces[$0] }
            try demand(places == places.sorted(), "a record's events do not stand in their order")
        }
    }
}
