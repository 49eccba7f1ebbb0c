import GRDB
public import Lockstep

extension OfficeReader: DriftSource {
    public func answer(_ question: DriftQuestion) async throws -> DriftAnswer {
        try await database.read { db in
            let records = DriftRecords(db: db)
            switch question {
            case .nodes(let prefixes):
                // Read once for all nodes above the table's own.
                let buckets = prefixes.contains { $0.depth < 3 } ? try DigestTable(db: db).buckets() : []
                return .nodes(
                    try prefixes.map { prefix in
                        prefix.depth < 3
                            ? Self.children(of: prefix, from: buckets) : try records.children(of: prefix)
                    })
            case .listings(let prefixes): return .listings(try prefixes.map(records.listing))
            case .states(let places): return .states(try places.map(records.states))
            }
        }
    }

    private static func children(of prefix: DriftPrefix, from buckets: [DriftDigest]) -> [DriftDigest] {
        prefix.children.map { child in
            let width = 1 << (4 * (3 - child.depth))
            let start = Int(child.bits) * width
            return buckets[start..<start + width].reduce(into: DriftDigest()) { $0 += $1 }
        }
    }

    /// A digest tree of some of the records, from the records themselves; reads all of them.
    ///
    /// Read a thousand at a time: a worker that writes meanwhile is not kept from clearing its log.
    /// - Parameter isWanted: Says by a record's routing keys whether it is one of them; nil: it is older than the
    ///   memory of them.
    public func driftIndex(
        where isWanted: @escaping @Sendable ([String]?) -> Bool
    ) async throws(LockstepError) -> DriftIndex {
        var entries: [DriftListing.Entry] = []
        var last: Int64 = 0
        while true {
            let after = last
            let page = try await database.read { db in try Self.page(after: after, in: db, where: isWanted) }
            entries += page.entries
            guard let end = page.end else { return DriftIndex(entries) }
            last = end
        }
    }

    private static func page(
        after id: Int64, in db: Database, where isWanted: ([String]?) -> Bool
    ) throws -> (entries: [DriftListing.Entry], end: Int64?) {
        let statement = try DirectStatement(
            db, sql: "SELECT id, subject, registers, routes FROM records WHERE id > ? ORDER BY id LIMIT 1000")
        var entries: [DriftListing.Entry] = []
        var end: Int64?
        try statement.each {
            $0.set(1, to: id)
        } _: { row in
            end = row.number(0)
            guard isWanted(RecordRoutes(row.text(3)).keys) else { return }
            let subject = try Subject(row.text(1) ?? "")
            entries.append(
                DriftListing.Entry(
                    place: DriftPlace(of: subject), digest: DriftDigest(of: subject, encoded: row.bytes(2))))
        }
        return (entries, end)
    }
}
