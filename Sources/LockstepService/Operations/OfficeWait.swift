import Lockstep

/// What is known of the events that somebody waits for: a pure fold over what the ledger has of them.
struct OfficeWait {
    private struct Tally {
        var has = 0
        var dead = 0
        var why: String?
    }

    private let subscriptions: [Subscription]
    private var count = 0
    private var wanted: [OfficeName: Int] = [:]
    private var tallies: [OfficeName: Tally] = [:]
    /// What not all subscribed offices have answered for.
    private(set) var pending: [AwaitedEvent] = []

    init(_ events: [AwaitedEvent] = [], subscriptions: [Subscription]) {
        self.subscriptions = subscriptions
        for event in events { add(event) }
    }

    /// Waits for another event, too.
    mutating func add(_ event: AwaitedEvent) {
        count += 1
        var isWanted = false
        for subscription in subscriptions where subscription.wants(event.routingKey) {
            wanted[subscription.office, default: 0] += 1
            isWanted = true
        }
        if isWanted { pending.append(event) }
    }

    /// Takes in what the ledger has of the first events that are pending, in order.
    mutating func take(_ entries: [LedgerEntry?]) {
        var left: [AwaitedEvent] = []
        for (event, entry) in zip(pending, entries) {
            let standings = standings(of: event, entry)
            guard standings.allSatisfy(\.isFinal) else {
                left.append(event)
                continue
            }
            for standing in standings {
                if standing.hasIt {
                    tallies[standing.office, default: Tally()].has += 1
                } else {
                    tallies[standing.office, default: Tally()].dead += 1
                    note(standing)
                }
            }
        }
        pending = left + pending.dropFirst(entries.count)
    }

    /// The answer, with what the ledger has of all that is still pending.
    mutating func report(_ entries: [LedgerEntry?], milliseconds: Int) -> WaitReport {
        var waiting: [OfficeName: Int] = [:]
        for (event, entry) in zip(pending, entries) {
            for standing in standings(of: event, entry) {
                switch standing.word {
                case .done: tallies[standing.office, default: Tally()].has += 1
                case .dead: tallies[standing.office, default: Tally()].dead += 1
                case .waiting: waiting[standing.office, default: 0] += 1
                case .none: break
                }
                if !standing.hasIt { note(standing) }
            }
        }
        let offices = subscriptions.map(\.office).filter { wanted[$0] != nil }.map { office in
            let (events, tally) = (wanted[office] ?? 0, tallies[office] ?? Tally())
            let waits = waiting[office] ?? 0
            return WaitReport.Office(
                office: office.text, events: events, has: tally.has, dead: tally.dead, waiting: waits,
                noWordYet: events - tally.has - tally.dead - waits, why: tally.why)
        }
        return WaitReport(events: count, milliseconds: milliseconds, offices: offices)
    }

    /// How those stand to an event that subscribe to it.
    private func standings(of event: AwaitedEvent, _ entry: LedgerEntry?) -> [Standing] {
        let offices = subscriptions.filter { $0.wants(event.routingKey) }
        let all = Standing.all(
            routingKey: event.routingKey, deliveries: entry?.deliveries ?? [:], subscriptions: offices)
        return Array(all.prefix(offices.count))
    }

    /// Keeps the first reason of each office; one that was given is better than that nothing was said.
    private mutating func note(_ standing: Standing) {
        let why: String
        switch standing.word {
        case .done: return
        case .dead(let dead): why = "dead: \(dead.reason)"
        case .waiting(let waiting): why = "waiting until \(waiting.until): \(waiting.reason)"
        case .none: why = Self.silence
        }
        let known = tallies[standing.office]?.why
        if known == nil || known == Self.silence { tallies[standing.office, default: Tally()].why = why }
    }

    private static let silence = "no word yet"
}
