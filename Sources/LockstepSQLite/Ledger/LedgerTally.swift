import Lockstep

/// Counts a ledger's events and what was said of them, row by row.
///
/// There are many rows: what belongs to an event is looked at once for all its deliveries, which come one after the other.
struct LedgerTally {
    static let rows = """
        SELECT events.id, office, type, scope, publication, accepted, \(LedgerDeliveries.columns)
        FROM events LEFT JOIN deliveries ON deliveries.event = events.id ORDER BY events.id
        """

    private let subscriptions: [Subscription]
    private let names: [Int64: OfficeName]
    /// How many events the broker has confirmed, by what it routed them by; there are few of these.
    private var confirmed: [String: Int] = [:]
    /// Which offices want what is routed like this, by their numbers.
    private var wanting: [String: Set<Int64>] = [:]
    private var counted: [Int64: LedgerSummary] = [:]
    private var event: (row: Int64, publishedAt: Timestamp?, wanting: Set<Int64>)?

    init(_ subscriptions: [Subscription], offices: [(name: OfficeName, number: Int64)]) {
        self.subscriptions = subscriptions
        names = Dictionary(uniqueKeysWithValues: offices.map { ($0.number, $0.name) })
    }

    /// Counts one row of ``rows``.
    mutating func count(_ row: DirectStatement.Columns) {
        let id = row.number(0)
        if event?.row != id { begin(id, row) }
        // No office: nobody has spoken of the event.
        guard let office = row.optionalNumber(1), let name = names[office], let event else { return }
        let isWanted = event.wanting.contains(office)
        let word = DeliveryState(row, from: 6).word
        func count(_ summary: inout LedgerSummary) {
            if isWanted { summary.silent -= 1 }
            summary.count(word, publishedAt: event.publishedAt)
        }
        count(&counted[office, default: LedgerSummary(office: name)])
    }

    private mutating func begin(_ id: Int64, _ row: DirectStatement.Columns) {
        var wantingIt: Set<Int64> = []
        if row.optionalNumber(4) == 0, let type = row.text(2) {
            let key = row.text(3).map { "\(type).\($0)" } ?? type
            confirmed[key, default: 0] += 1
            if let known = wanting[key] {
                wantingIt = known
            } else {
                let offices = Set(subscriptions.filter { $0.wants(key) }.map(\.office))
                wantingIt = Set(names.filter { offices.contains($0.value) }.keys)
                wanting[key] = wantingIt
            }
        }
        event = (id, row.optionalNumber(5).map { Timestamp(microseconds: $0) }, wantingIt)
    }

    /// Of the offices that subscribe, in their order, then of those that spoke all the same.
    var summaries: [LedgerSummary] {
        let spoken = Dictionary(uniqueKeysWithValues: counted.values.map { ($0.office, $0) })
        let expected = subscriptions.map { subscription in
            var summary = spoken[subscription.office] ?? LedgerSummary(office: subscription.office)
            for (key, count) in confirmed where subscription.wants(key) { summary.silent += count }
            return summary
        }
        let offices = Set(subscriptions.map(\.office))
        return expected + spoken.values.filter { !offices.contains($0.office) }.sorted { $0.office < $1.office }
    }
}
