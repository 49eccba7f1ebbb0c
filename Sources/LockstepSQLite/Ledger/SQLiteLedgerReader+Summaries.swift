public import Lockstep

extension SQLiteLedgerReader {
    private static let published = """
        SELECT type, scope, count(*) FROM events WHERE publication = 0 GROUP BY type, scope
        """
    private static let spoken = """
        SELECT name, type, scope, publication, accepted, \(LedgerDeliveries.columns)
        FROM deliveries JOIN offices ON offices.id = office JOIN events ON events.id = deliveries.event
        """

    /// How the offices stand to all events: those that are given, in their order, then those that spoke all the same.
    ///
    /// Reads the whole ledger, in one state of it.
    ///
    /// - Parameter subscriptions: Who should have what.
    public func summaries(among subscriptions: [Subscription]) async throws(LockstepError) -> [LedgerSummary] {
        try await database.read { db in
            var summaries: [OfficeName: LedgerSummary] = [:]
            for subscription in subscriptions {
                summaries[subscription.office] = LedgerSummary(office: subscription.office)
            }
            // Which offices want what has such a type and scope; there are few of these.
            var wanting: [String: Set<OfficeName>] = [:]
            try DirectStatement(db, sql: Self.published).each { _ in
            } _: { row in
                guard let key = Self.routingKey(row, from: 0) else { return }
                let offices = subscriptions.filter { $0.wants(key) }.map(\.office)
                wanting[key] = Set(offices)
                for office in offices { summaries[office]?.silent += Int(row.number(2)) }
            }
            try DirectStatement(db, sql: Self.spoken).each { _ in
            } _: { row in
                guard let name = row.text(0) else { return }
                let office = try OfficeName(name)
                let isConfirmed = row.optionalNumber(3) == 0
                if isConfirmed, let key = Self.routingKey(row, from: 1), wanting[key]?.contains(office) == true {
                    summaries[office]?.silent -= 1
                }
                let accepted = row.optionalNumber(4).map { Timestamp(microseconds: $0) }
                summaries[office, default: LedgerSummary(office: office)].count(
                    DeliveryState(row, from: 5).word, publishedAt: accepted)
            }
            let configured = subscriptions.map(\.office)
            let others = summaries.keys.filter { !configured.contains($0) }.sorted()
            return (configured + others).compactMap { summaries[$0] }
        }
    }

    /// What the broker routed an event by: its type, then its scope.
    private static func routingKey(_ row: DirectStatement.Columns, from first: Int32) -> String? {
        guard let type = row.text(first) else { return nil }
        return row.text(first + 1).map { "\(type).\($0)" } ?? type
    }
}
