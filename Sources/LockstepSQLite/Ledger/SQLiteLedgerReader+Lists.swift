import GRDB
public import Lockstep

extension SQLiteLedgerReader {
    /// Deliveries, those of the events that the ledger heard of last before the others; about a record, by its version.
    ///
    /// Found by indexes: so many rows are read as are listed, from each office at most; about a record, as many as it has
    /// until enough are found.
    ///
    /// - Parameters:
    ///   - place: What the last one of the part before has as its place; nil: the first part.
    ///   - limit: How many at most.
    /// - Throws: ``/Lockstep/LockstepError``; `invalidName` where the place is none.
    public func deliveries(
        _ question: DeliveryQuestion, after place: String? = nil, limit: Int
    ) async throws(LockstepError) -> [LedgerDelivery] {
        let place = try place.map { text throws(LockstepError) in try LedgerPlace(text) }
        return try await database.read { db in
            let keys = try LedgerListing(db: db).deliveries(question, after: place, limit: limit)
            return try keys.compactMap { try LedgerDeliveries(db: db).listed($0) }
        }
    }

    /// Events, those that the ledger heard of last before the others; about a record, by its version.
    ///
    /// - Parameters:
    ///   - place: What the last one of the part before has as its place; nil: the first part.
    ///   - limit: How many at most.
    /// - Throws: ``/Lockstep/LockstepError``; `invalidName` where the place is none.
    public func events(
        _ question: EventQuestion, after place: String? = nil, limit: Int
    ) async throws(LockstepError) -> [ListedEvent] {
        let place = try place.map { text throws(LockstepError) in try LedgerPlace(text) }
        return try await database.read { db in
            let rows = try LedgerListing(db: db).events(question, after: place, limit: limit)
            return try rows.compactMap { try LedgerEvents(db: db).listed($0) }
        }
    }

    /// Whether an office has ever spoken.
    public func knows(_ office: OfficeName) async throws(LockstepError) -> Bool {
        try await database.read { db in
            try DirectStatement(db, sql: "SELECT 1 FROM offices WHERE name = ?").first(
                binding: { $0.set(1, to: office.text) }, { _ in true }) ?? false
        }
    }
}

extension LedgerEvents {
    static let newest = "SELECT id FROM events WHERE id <= ?1 AND id >= ?2 ORDER BY id DESC LIMIT ?3"
    static let byRow = "SELECT \(columns), heard FROM events WHERE id = ?"

    /// An event with what offices have said of it; nil: it is forgotten.
    func listed(_ row: Int64, withDeliveries: Bool = true) throws -> ListedEvent? {
        var heard: Int64 = 0
        let found = try DirectStatement(db, sql: Self.byRow).first {
            $0.set(1, to: row)
        } _: { row -> LedgerEntry? in
            heard = row.number(11)
            return try Self.entry(row)
        }
        guard var entry = found ?? nil else { return nil }
        if withDeliveries { entry.deliveries = try LedgerDeliveries(db: db).all(of: row) }
        return ListedEvent(
            entry: entry, heardAt: Timestamp(microseconds: heard),
            place: LedgerPlace(event: row, version: entry.version.description).text)
    }
}

extension LedgerDeliveries {
    static let byKey = """
        SELECT name, \(columns) FROM deliveries CROSS JOIN offices ON offices.id = office WHERE event = ? AND office = ?
        """

    /// A delivery with its event; nil: it is forgotten.
    func listed(_ key: LedgerListing.Key) throws -> LedgerDelivery? {
        guard let event = try LedgerEvents(db: db).listed(key.event, withDeliveries: false) else { return nil }
        let found = try DirectStatement(db, sql: Self.byKey).first {
            $0.set(1, to: key.event)
            $0.set(2, to: key.office)
        } _: {
            ($0.text(0) ?? "", DeliveryState($0, from: 1))
        }
        guard let (name, state) = found else { return nil }
        let place = LedgerPlace(event: key.event, office: key.office, version: event.entry.version.description)
        return LedgerDelivery(event: event, office: try OfficeName(name), state: state, place: place.text)
    }
}
