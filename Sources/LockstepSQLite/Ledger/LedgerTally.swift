import GRDB
import Lockstep

/// Reads the counts that a ledger keeps, and says from them how each office stands.
struct LedgerTally {
    private let subscriptions: [Subscription]
    private var counted: [OfficeName: LedgerSummary] = [:]
    /// How many events the broker has confirmed, by what it routed them by; there are few of these.
    private var confirmed: [String: Int] = [:]
    /// Of how many of these an office has spoken.
    private var spoken: [OfficeName: [String: Int]] = [:]
    /// Of how many of these it has not, and need not: they are older than its subscription.
    private var excused: [OfficeName: [String: Int]] = [:]

    init(_ subscriptions: [Subscription], _ db: Database) throws {
        self.subscriptions = subscriptions
        try DirectStatement(db, sql: "SELECT route, count FROM confirmed").each { _ in
        } _: { row in
            if let route = row.text(0) { confirmed[route] = Int(row.number(1)) }
        }
        try readStandings(db)
        try readDelays(db)
        try readExcuses(db)
    }

    private mutating func readExcuses(_ db: Database) throws {
        let rows = "SELECT name, route, excused FROM beginnings CROSS JOIN offices ON offices.id = office"
        try DirectStatement(db, sql: rows).each { _ in
        } _: { row in
            guard let name = row.text(0), let route = row.text(1) else { return }
            excused[try OfficeName(name), default: [:]][route] = Int(row.number(2))
        }
    }

    private mutating func readStandings(_ db: Database) throws {
        let rows = """
            SELECT name, last_held, route, word, count FROM standings CROSS JOIN offices ON offices.id = office
            """
        try DirectStatement(db, sql: rows).each { _ in
        } _: { row in
            guard let text = row.text(0), let route = row.text(2) else { return }
            let name = try OfficeName(text)
            let count = Int(row.number(4))
            var summary = counted[name] ?? LedgerSummary(office: name)
            switch row.number(3) {
            case 0: summary.held += count
            case 1: summary.waiting += count
            default: summary.dead += count
            }
            summary.lastHeld = row.optionalNumber(1).map { Timestamp(microseconds: $0) }
            counted[name] = summary
            if !route.isEmpty { spoken[name, default: [:]][route, default: 0] += count }
        }
    }

    private mutating func readDelays(_ db: Database) throws {
        var counts: [OfficeName: [Int: Int]] = [:]
        let rows = "SELECT name, bucket, count FROM delays CROSS JOIN offices ON offices.id = office"
        try DirectStatement(db, sql: rows).each { _ in
        } _: { row in
            guard let text = row.text(0) else { return }
            counts[try OfficeName(text), default: [:]][Int(row.number(1))] = Int(row.number(2))
        }
        for (name, counts) in counts { counted[name]?.delays = DelayHistogram(counts: counts) }
    }

    /// Of the offices that subscribe, in their order, then of those that spoke all the same.
    var summaries: [LedgerSummary] {
        let expected = subscriptions.map { subscription in
            var summary = counted[subscription.office] ?? LedgerSummary(office: subscription.office)
            let spoken = spoken[subscription.office] ?? [:]
            let excused = excused[subscription.office] ?? [:]
            for (route, count) in confirmed where subscription.wants(route) {
                summary.silent += count - (spoken[route] ?? 0) - (excused[route] ?? 0)
            }
            return summary
        }
        let offices = Set(subscriptions.map(\.office))
        return expected + counted.values.filter { !offices.contains($0.office) }.sorted { $0.office < $1.office }
    }
}
